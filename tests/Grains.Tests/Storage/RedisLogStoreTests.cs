using System.Globalization;
using GameBackend.Grains.Storage;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GameBackend.Grains.Tests.Storage;

public sealed class RedisLogStoreTests(RedisServer redis) : LogStoreContract, IClassFixture<RedisServer>
{
    protected override ILogStore Store { get; } = Over(redis.Connection);

    [Fact]
    public async Task The_message_ids_of_a_log_stay_bounded()
    {
        for (var seq = 1; seq <= 5 * Kept; seq++)
            await Store.Append("mailbox/ids", (ulong)seq, $"m{seq}", Bytes("x"));
        Assert.Equal(Kept, await redis.Connection.GetDatabase().SortedSetLengthAsync("game:log:{mailbox/ids}:ids"));
    }

    internal static RedisLogStore Over(IConnectionMultiplexer connection) => new(
        connection,
        Options.Create(new ClusterOptions { ServiceId = "game", ClusterId = "test" }),
        Options.Create(new LogStoreOptions { MessageIdsKept = Kept }));
}

/// <summary>The same on a Redis cluster, which refuses a script whose keys are in different slots.</summary>
public sealed class RedisClusterLogStoreTests(RedisClusterLogStoreTests.Cluster cluster)
    : LogStoreContract, IClassFixture<RedisClusterLogStoreTests.Cluster>
{
    protected override ILogStore Store { get; } = RedisLogStoreTests.Over(cluster.Connection);

    /// <summary>A cluster of one server that has all slots.</summary>
    public sealed class Cluster : IAsyncLifetime
    {
        private readonly RedisServer _redis = new()
        {
            Arguments =
            [
                "--cluster-enabled", "yes",
                "--cluster-port", Ports.Take().ToString(CultureInfo.InvariantCulture),
            ],
        };

        public ConnectionMultiplexer Connection { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await _redis.InitializeAsync();
            var server = _redis.Connection.GetServers()[0];
            await server.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
            // A new cluster takes two seconds until it lets anyone in, and tells nobody when it does.
            var info = "";
            while (!info.Contains("cluster_state:ok", StringComparison.Ordinal))
                info = (string)(await server.ExecuteAsync("CLUSTER", "INFO"))!;
            Connection = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        }

        public async Task DisposeAsync()
        {
            await Connection.DisposeAsync();
            await _redis.DisposeAsync();
        }
    }
}

public sealed class RedisLogStoreFailureTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task A_lost_server_surfaces_as_an_exception_and_a_repeated_append_lands_once()
    {
        var options = ConfigurationOptions.Parse(_redis.ConnectionString);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var store = RedisLogStoreTests.Over(connection);
        await store.Append("mailbox/1", 1, "m1", "1"u8.ToArray());
        await store.Append("mailbox/1", 2, "m2", "2"u8.ToArray());
        await store.Trim("mailbox/1", 2);

        await _redis.Kill();
        await Assert.ThrowsAnyAsync<RedisException>(() => store.Append("mailbox/1", 3, "m3", "3"u8.ToArray()));
        await Assert.ThrowsAnyAsync<RedisException>(() => store.Open("mailbox/1"));
        await Assert.ThrowsAnyAsync<RedisException>(() => store.Read("mailbox/1", 1, 1));

        await _redis.Start();
        await using var again = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        store = RedisLogStoreTests.Over(again);
        Assert.Equal(new LogBounds(3, 2), await store.Open("mailbox/1"));
        Assert.Equal(new LogAppend(2, true), await store.Append("mailbox/1", 3, "m2", "2"u8.ToArray()));
        Assert.Equal(new LogAppend(3, false), await store.Append("mailbox/1", 3, "m3", "3"u8.ToArray()));
        Assert.Equal(new LogAppend(3, true), await store.Append("mailbox/1", 3, "m3", "3"u8.ToArray()));
    }
}
