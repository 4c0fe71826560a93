using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using GameBackend.Grains.Cluster;
using GameBackend.Grains.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GameBackend.Grains.Tests.Cluster;

public sealed class DirectorySweeperTests(RedisServer redis) : DirectorySweeperContract, IClassFixture<RedisServer>
{
    protected override IConnectionMultiplexer Redis => redis.Connection;
}

public sealed class DirectorySweeperOnRedisClusterTests(RedisClusterLogStoreTests.Cluster cluster)
    : DirectorySweeperContract, IClassFixture<RedisClusterLogStoreTests.Cluster>
{
    protected override IConnectionMultiplexer Redis => cluster.Connection;
}

/// <summary>What lost silos have left in the directory goes, and nothing else.</summary>
public abstract class DirectorySweeperContract
{
    private static readonly SiloAddress Me = Silo(1, 10);
    private static readonly SiloAddress Other = Silo(2, 20);
    private static readonly SiloAddress Killed = Silo(3, 30);
    private static readonly SiloAddress LongGone = Silo(4, 5);
    private static readonly SiloAddress Former = Silo(1, 9);
    private static readonly SiloAddress Newcomer = Silo(5, 40);

    private readonly string _cluster = $"test[*]-{Guid.NewGuid():N}";

    protected abstract IConnectionMultiplexer Redis { get; }

    private IDatabase Database => Redis.GetDatabase();

    [Fact]
    public async Task Entries_of_lost_silos_go_and_all_others_stay()
    {
        var membership = new Membership(version: 7, (Me, SiloStatus.Active), (Other, SiloStatus.Active),
            (Killed, SiloStatus.Dead));
        membership.AfterRefresh = (Newcomer, SiloStatus.Active);
        for (var i = 0; i < 700; i++)
        {
            await Put("killed", i, Killed, version: 5);
            await Put("other", i, Other, version: 5);
        }

        await Put("long-gone", 0, LongGone, version: 2);
        await Put("former", 0, Former, version: 7);
        await Put("before-a-reset", 0, LongGone, version: 70);
        await Put("me", 0, Me, version: 7);
        await Put("newcomer", 0, Newcomer, version: 8);
        await Put("another-cluster", 0, Killed, version: 5, cluster: $"test-{_cluster}");
        await Database.StringSetAsync($"{_cluster}/else", "{}");

        using var sweeper = await Start(membership);
        await Wait.Until(() => Counts("killed", 0), "the killed silo's entries are gone");
        await Wait.Until(() => Counts("long-gone", 0), "those of one that the membership has forgotten are gone");
        await Wait.Until(() => Counts("former", 0), "those of the former life of a silo are gone");
        await Wait.Until(() => Counts("before-a-reset", 0), "those of a membership that was reset are gone");
        Assert.True(await Counts("other", 700));
        Assert.True(await Counts("me", 1));
        Assert.True(await Counts("newcomer", 1));
        Assert.True(await Counts("another-cluster", 1, $"test-{_cluster}"));
        Assert.True(await Database.KeyExistsAsync($"{_cluster}/else"));

        membership.Set(9, (Me, SiloStatus.Active), (Other, SiloStatus.Dead), (Killed, SiloStatus.Dead));
        await Wait.Until(() => Counts("other", 0), "the other silo's entries are gone as well");
        Assert.True(await Counts("me", 1));
        await sweeper.StopAsync(default);
    }

    [Fact]
    public async Task Only_the_silo_with_the_lowest_address_sweeps()
    {
        var lower = Silo(0, 1);
        var membership = new Membership(version: 3, (lower, SiloStatus.Active), (Me, SiloStatus.Active),
            (Killed, SiloStatus.Dead));
        await Put("killed", 0, Killed, version: 2);
        using var sweeper = await Start(membership);
        await membership.Seen;
        Assert.True(await Counts("killed", 1));
        membership.Set(4, (lower, SiloStatus.Dead), (Me, SiloStatus.Active), (Killed, SiloStatus.Dead));
        await Wait.Until(() => Counts("killed", 0), "the next one sweeps");
        await sweeper.StopAsync(default);
    }

    private async Task<DirectorySweeper> Start(Membership membership)
    {
        var sweeper = new DirectorySweeper(
            Redis, Options.Create(new ClusterOptions { ClusterId = _cluster }), membership, new Details(),
            NullLogger<DirectorySweeper>.Instance);
        await sweeper.StartAsync(default);
        return sweeper;
    }

    private Task Put(string type, int number, SiloAddress silo, long version, string? cluster = null) =>
        Database.StringSetAsync($"{cluster ?? _cluster}/directory/{type}/{number}", JsonSerializer.Serialize(
            new GrainAddress
            {
                GrainId = GrainId.Create(type, $"{number}"),
                ActivationId = ActivationId.NewId(),
                SiloAddress = silo,
                MembershipVersion = new MembershipVersion(version),
            }));

    private async Task<bool> Counts(string type, int expected, string? cluster = null)
    {
        var keys = Enumerable.Range(0, Math.Max(1, expected))
            .Select(number => Database.KeyExistsAsync($"{cluster ?? _cluster}/directory/{type}/{number}"));
        return (await Task.WhenAll(keys)).Count(exists => exists) == expected;
    }

    private static SiloAddress Silo(int number, int generation) =>
        SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111 + number), generation);

    private sealed class Details : ILocalSiloDetails
    {
        public string Name => "me";

        public string ClusterId => "";

        public string DnsHostName => "";

        public SiloAddress SiloAddress => Me;

        public SiloAddress GatewayAddress => Me;
    }

    private sealed class Membership : IClusterMembershipService
    {
        private readonly Channel<ClusterMembershipSnapshot> _updates =
            Channel.CreateUnbounded<ClusterMembershipSnapshot>();

        public Membership(long version, params (SiloAddress Silo, SiloStatus Status)[] members) =>
            Set(version, members);

        public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } = null!;

        /// <summary>A silo that has joined, and is only known once the membership was read again.</summary>
        public (SiloAddress Silo, SiloStatus Status)? AfterRefresh { get; set; }

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => _updates.Reader.ReadAllAsync();

        /// <summary>When every update was taken.</summary>
        public Task Seen => Wait.Until(() => _updates.Reader.Count == 0, "the update was seen");

        public void Set(long version, params (SiloAddress Silo, SiloStatus Status)[] members)
        {
            CurrentSnapshot = new ClusterMembershipSnapshot(
                members.ToImmutableDictionary(
                    each => each.Silo, each => new ClusterMember(each.Silo, each.Status, "")),
                new MembershipVersion(version));
            _updates.Writer.TryWrite(CurrentSnapshot);
        }

        public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken)
        {
            // As the real one, it would wait for a version that never comes.
            Assert.Equal(default, minimumVersion);
            if (AfterRefresh is { } joined)
            {
                CurrentSnapshot = new ClusterMembershipSnapshot(
                    CurrentSnapshot.Members.SetItem(joined.Silo, new ClusterMember(joined.Silo, joined.Status, "")),
                    new MembershipVersion(8));
            }

            return ValueTask.CompletedTask;
        }

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }
}
