using GameBackend.Grains;
using GameBackend.Grains.Cluster;
using GameBackend.Grains.Interfaces;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;

namespace GameBackend.Accounts.Testing;

/// <summary>One silo with the account grains, on storage, clock and players that tests control.</summary>
public sealed class AccountCluster : IAsyncLifetime
{
    private readonly Queue<long> _nextPlayerIds = new();
    private InProcessTestCluster? _cluster;

    public TestClock Clock { get; } = new();

    public TestStorage Storage { get; } = new();

    public PlayerCalls Players { get; } = new();

    public AccountGrainOptions Options { get; } = new()
    {
        PasswordIterations = 1000,
        MaxWaitingHashes = 1000,
        KickTimeout = TimeSpan.FromSeconds(1),
        KickRetryPeriod = TimeSpan.FromMilliseconds(50),
    };

    public IClusterClient Client => _cluster!.Client;

    public ICredentialGrain Credential(string identity) => Client.GetGrain<ICredentialGrain>(identity);

    public IAccountGrain Account(long playerId) => Client.GetGrain<IAccountGrain>(playerId);

    /// <summary>An account by a name and the password "correct horse".</summary>
    public async Task<(long PlayerId, TokenGrant Grant, ICredentialGrain Credential)> Register()
    {
        var credential = Credential($"name/{Guid.NewGuid():N}");
        var result = await credential.Register("correct horse");
        Assert.Equal(CredentialStatus.Ok, result.Status);
        return (result.PlayerId, result.Grant!, credential);
    }

    /// <summary>How many reminders this grain has set.</summary>
    public async Task<int> CountReminders(IAddressable grain)
    {
        var table = _cluster!.GetSiloServiceProvider().GetRequiredService<IReminderTable>();
        return (await table.ReadRows(grain.GetGrainId())).Reminders.Count;
    }

    /// <summary>Drops the activation, so that the next call finds what storage holds.</summary>
    public Task Deactivate(IAddressable grain) => _cluster!.DeactivateAsync(grain);

    /// <summary>The next ids that are drawn for new players, before random ones.</summary>
    public void DrawNext(params long[] playerIds)
    {
        lock (_nextPlayerIds)
        {
            foreach (var id in playerIds)
                _nextPlayerIds.Enqueue(id);
        }
    }

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService();
            silo.AddRoles(Roles.All);
            silo.AddOutgoingGrainCallFilter(Players);
            silo.Services.AddAccountGrains(new Microsoft.Extensions.Configuration.ConfigurationManager());
            silo.Services.Configure<AccountGrainOptions>(CopyOptions);
            silo.Services.AddSingleton<NewPlayerId>(DrawPlayerId);
            silo.Services.AddSingleton<TimeProvider>(Clock);
            silo.Services.AddKeyedSingleton<IGrainStorage>("Default", Storage);
        });
        builder.ConfigureClient(client => client.AddOutgoingGrainCallFilter(Players));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        Storage.Serializer = _cluster.GetSiloServiceProvider().GetRequiredService<Serializer>();
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    private void CopyOptions(AccountGrainOptions options)
    {
        foreach (var property in typeof(AccountGrainOptions).GetProperties().Where(each => each.CanWrite))
            property.SetValue(options, property.GetValue(Options));
    }

    private long DrawPlayerId()
    {
        lock (_nextPlayerIds)
            return _nextPlayerIds.TryDequeue(out var id) ? id : Random.Shared.NextInt64(1, long.MaxValue);
    }
}
