using GameBackend.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using StackExchange.Redis;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>Grains over the storage seam: a protobuf message as state, in both modes.</summary>
public sealed class StorageClusterTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Embedded_state_logs_and_reminders_outlive_the_process()
    {
        using var directory = new StoreDirectory();
        await using (var host = await EmbeddedSilo.Start(directory.Path))
        {
            var grain = host.Grain(1);
            Assert.Equal("", await grain.GetName());
            await grain.SetName("Ann");
            await grain.SetReminder();
            await host.Logs.Append("mailbox/1", 1, "m1", "one"u8.ToArray());
        }

        await using var again = await EmbeddedSilo.Start(directory.Path);
        Assert.Equal("Ann", await again.Grain(1).GetName());
        Assert.True(await again.Grain(1).HasReminder());
        Assert.Equal(new LogBounds(1, 1), await again.Logs.Open("mailbox/1"));
        Assert.Equal("", await again.Grain(2).GetName());
    }

    [Fact]
    public async Task Redis_holds_a_message_as_its_bytes()
    {
        await using var cluster = await RedisCluster(silos: 1);
        await cluster.Client.GetGrain<IStateProbe>(1).SetName("Ann");
        var database = redis.Connection.GetDatabase();
        var key = redis.Connection.GetServers()[0].Keys(pattern: $"{cluster.Options.ServiceId}/state/*").Single();
        var stored = (byte[])(await database.HashGetAsync(key, "data"))!;
        Assert.Equal(1, stored[0]);
        Assert.Equal("Ann", Profile.Parser.ParseFrom(stored.AsSpan(1)).Name);
    }

    [Fact]
    public async Task A_grain_moves_between_silos_with_its_state_in_memory()
    {
        await using var cluster = await RedisCluster(silos: 2);
        var grain = cluster.Client.GetGrain<IStateProbe>(1);
        await grain.SetName("Ann");
        await grain.SetNameInMemory("moving");
        var before = await grain.WhereAmI();
        var other = cluster.Silos.Select(silo => silo.SiloAddress).First(address => !address.Equals(before));
        await grain.Move(other);
        for (var where = before; where.Equals(before); where = await grain.WhereAmI())
            await Task.Yield();
        Assert.Equal(other, await grain.WhereAmI());
        Assert.Equal("moving", await grain.GetName());
    }

    private async Task<TestCluster> RedisCluster(short silos)
    {
        var builder = new TestClusterBuilder(silos) { PortAllocator = new FreePorts() };
        builder.Properties["redis"] = redis.ConnectionString;
        builder.Options.ServiceId = $"probe-{Guid.NewGuid():N}";
        builder.AddSiloBuilderConfigurator<RedisSilo>();
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private sealed class RedisSilo : IHostConfigurator
    {
        public void Configure(IHostBuilder hostBuilder) => hostBuilder.UseOrleans((context, silo) =>
        {
            silo.UseProtobufState();
            silo.AddRedisGrainStorage("Default", options =>
                options.ConfigurationOptions = ConfigurationOptions.Parse(context.Configuration["redis"]!));
            silo.UseInMemoryReminderService();
        });
    }

    private sealed class EmbeddedSilo(IHost host) : IAsyncDisposable
    {
        public ILogStore Logs => host.Services.GetRequiredService<ILogStore>();

        public IStateProbe Grain(long key) =>
            host.Services.GetRequiredService<IGrainFactory>().GetGrain<IStateProbe>(key);

        public static async Task<EmbeddedSilo> Start(string directory)
        {
            var builder = Host.CreateDefaultBuilder().ConfigureLogging(static logging => logging.ClearProviders());
            var host = builder.UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(Ports.Take(), Ports.Take());
                silo.Services.AddEmbeddedStorage(options => options.Directory = directory);
                silo.AddEmbeddedGrainStorage("Default");
                silo.UseEmbeddedReminders();
            }).Build();
            await host.StartAsync();
            return new EmbeddedSilo(host);
        }

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}

[Alias("gb.test.StateProbe")]
public interface IStateProbe : IGrainWithIntegerKey
{
    [Alias("GetName")]
    Task<string> GetName();

    [Alias("SetName")]
    Task SetName(string name);

    [Alias("SetNameInMemory")]
    Task SetNameInMemory(string name);

    [Alias("SetReminder")]
    Task SetReminder();

    [Alias("HasReminder")]
    Task<bool> HasReminder();

    [Alias("WhereAmI")]
    Task<SiloAddress> WhereAmI();

    [Alias("Move")]
    Task Move(SiloAddress to);
}

[GrainType("test-state-probe")]
public sealed class StateProbeGrain(
    [PersistentState("profile", "Default")] IPersistentState<Profile> profile, ILocalSiloDetails silo)
    : Grain, IStateProbe, IRemindable
{
    public Task<string> GetName() => Task.FromResult(profile.State.Name);

    public Task SetName(string name)
    {
        profile.State.Name = name;
        return profile.WriteStateAsync();
    }

    public Task SetNameInMemory(string name)
    {
        profile.State.Name = name;
        return Task.CompletedTask;
    }

    public Task SetReminder() => this.RegisterOrUpdateReminder("outbox", TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    public async Task<bool> HasReminder() => await this.GetReminder("outbox") is not null;

    public Task<SiloAddress> WhereAmI() => Task.FromResult(silo.SiloAddress);

    public Task Move(SiloAddress to)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
        this.MigrateOnIdle();
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
