using GameBackend.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Cluster;

/// <summary>
/// Spreads players, their mailboxes, guilds and teams evenly over the silos of their roles, as after a silo has joined.
/// One silo of the cluster does it, the one with the lowest address. Battles stay where they are.
/// </summary>
public sealed partial class Balancer(
    NodeDirectory nodes, GrainMoves moves, IOptions<SiloDrainOptions> options, ILogger<Balancer> logger)
    : BackgroundService
{
    /// <summary>What is spread, and over the silos of which role.</summary>
    private static readonly (string Type, string Role)[] Spread =
        [("player", Roles.Player), ("guild", Roles.Social), ("team", Roles.Social)];

    /// <summary>So few more than the mean are left where they are.</summary>
    private const int Negligible = 4;

    /// <summary>How many there are of each type on each silo, by its node's name.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>>> Count()
    {
        var counts = new Dictionary<string, IReadOnlyDictionary<string, int>>();
        foreach (var (type, role) in Spread)
        {
            var carriers = Carriers(role, availableOnly: false);
            var count = await moves.Count(type, carriers.Keys);
            counts[type] = count.ToDictionary(each => carriers[each.Key].Name, each => each.Value);
        }

        return counts;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.BalanceEvery);
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(
            tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default))
        {
            try
            {
                if (IsMyTurn())
                    await Balance();
            }
            catch (Exception e)
            {
                LogFailed(e);
            }
        }
    }

    private bool IsMyTurn() =>
        nodes.OfType(nodes.Mine.Address.Type).FirstOrDefault(node => node.Available)?.Uuid == nodes.Mine.Uuid;

    private async Task Balance()
    {
        foreach (var (type, role) in Spread)
        {
            var carriers = Carriers(role, availableOnly: true);
            if (carriers.Count < 2)
                continue;
            var counts = await moves.Count(type, carriers.Keys);
            var mean = counts.Values.Sum() / counts.Count;
            var most = mean + Math.Max(Negligible, mean * options.Value.BalanceSlackPercent / 100);
            if (counts.Values.Max() <= most)
                continue;
            await Even(type, counts, mean);
        }
    }

    /// <summary>Lets go of what is too much; each goes, at its next call, to the silo that has least.</summary>
    private async Task Even(string type, Dictionary<SiloAddress, int> counts, int mean)
    {
        foreach (var (silo, count) in counts.Where(each => each.Value > mean))
        {
            var spare = (await moves.On(silo, type)).Take(Math.Min(count - mean, options.Value.BalanceStep)).ToList();
            LogReleased(await moves.Release(spare), type, silo);
            // A mailbox lives best with its player.
            if (type == "player")
                await moves.Release(spare.Select(id => GrainId.Create(GrainType.Create("mailbox"), id.Key)));
        }
    }

    private Dictionary<SiloAddress, NodeInfo> Carriers(string role, bool availableOnly) => nodes.WithRole(role)
        .Where(node => (node.Available || !availableOnly) && node.Metadata.ContainsKey(SiloNode.Address))
        .ToDictionary(node => SiloAddress.FromParsableString(node.Metadata[SiloNode.Address]));

    [LoggerMessage(Level = LogLevel.Information, Message = "Released {Count} grains of type {Type} from {Silo}")]
    private partial void LogReleased(int count, string type, SiloAddress silo);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silos could not be balanced")]
    private partial void LogFailed(Exception exception);
}
