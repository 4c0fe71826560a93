using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GameBackend.Grains.Cluster;

/// <summary>
/// Deletes the entries of lost silos from the grain directory in Redis. Orleans replaces such an entry when its grain
/// is called again; those of grains that nobody calls would stay for ever. One silo of the cluster sweeps, the one with
/// the lowest address: at its start, and after each silo that is gone.
/// </summary>
public sealed partial class DirectorySweeper(
    IConnectionMultiplexer redis,
    IOptions<ClusterOptions> cluster,
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    ILogger<DirectorySweeper> logger) : BackgroundService
{
    /// <summary>Keys that Redis looks at in one step. With the pause behind it, at most 50,000 a second.</summary>
    private const int PageKeys = 500;

    private const string DeleteIfSame =
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Silos that were found to be gone: none of them comes back.</summary>
    private readonly HashSet<SiloAddress> _lost = [];

    private readonly string _pattern = $"{Escaped(cluster.Value.ClusterId)}/directory/*";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HashSet<SiloAddress>? swept = null;
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                if (!IsMyTurn(snapshot))
                    continue;
                var dead = snapshot.Members.Values.Where(member => member.Status == SiloStatus.Dead)
                    .Select(member => member.SiloAddress).ToHashSet();
                if (swept is not null && dead.IsSubsetOf(swept))
                    continue;
                await SweepUntilDone(stoppingToken);
                swept = dead;
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private bool IsMyTurn(ClusterMembershipSnapshot snapshot) => silo.SiloAddress.Equals(
        snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress).Min());

    private async Task SweepUntilDone(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var deleted = 0;
                foreach (var server in redis.GetServers().Where(each => !each.IsReplica))
                    deleted += await Sweep(server, stop);
                if (deleted > 0)
                    LogSwept(deleted);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e, RetryAfter.TotalSeconds);
                await Task.Delay(RetryAfter, stop);
            }
        }
    }

    /// <summary>Sweeps the keys of one server: in Redis Cluster each has a part of them.</summary>
    /// <returns>Entries that were deleted.</returns>
    private async Task<int> Sweep(IServer server, CancellationToken stop)
    {
        var database = redis.GetDatabase();
        var deleted = 0;
        var cursor = "0";
        do
        {
            var page = await server.ExecuteAsync(
                database.Database, "SCAN", [cursor, "MATCH", _pattern, "COUNT", PageKeys], CommandFlags.None);
            cursor = (string)page[0]!;
            foreach (var key in (RedisKey[])page[1]!)
            {
                if (await DeleteIfLost(database, key))
                    deleted++;
            }

            await Task.Delay(Pause, stop);
        }
        while (cursor != "0");
        return deleted;
    }

    private async Task<bool> DeleteIfLost(IDatabase database, RedisKey key)
    {
        var value = await database.StringGetAsync(key);
        return value.HasValue && await IsLost(value!)
            && (int)await database.ScriptEvaluateAsync(DeleteIfSame, [key], [value]) == 1;
    }

    private async Task<bool> IsLost(string entry)
    {
        if (JsonSerializer.Deserialize<GrainAddress>(entry) is not { SiloAddress: { } address } registered)
            return false;
        if (_lost.Contains(address))
            return true;
        var status = membership.CurrentSnapshot.GetSiloStatus(address, registered.MembershipVersion);
        if (status == SiloStatus.None)
        {
            // It may have joined a moment ago. Its entry was read before the membership is: it must be in there now.
            await membership.Refresh();
            status = membership.CurrentSnapshot.GetSiloStatus(address);
        }

        if (status is not (SiloStatus.Dead or SiloStatus.None))
            return false;
        _lost.Add(address);
        return true;
    }

    private static string Escaped(string text) => string.Concat(
        text.Select(each => "*?[]\\".Contains(each, StringComparison.Ordinal) ? $"\\{each}" : $"{each}"));

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Deleted {Count} entries of lost silos from the grain directory")]
    private partial void LogSwept(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The grain directory could not be swept of lost silos; retrying in {Seconds} s")]
    private partial void LogFailed(Exception exception, double seconds);
}
