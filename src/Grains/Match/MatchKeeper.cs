using GameBackend.Game;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Match;

/// <summary>
/// Asks for every queue and every leaderboard, again and again, from every silo. One whose silo has died is active on
/// another as soon as the cluster knows, and goes on with all who wait, whether or not any of them asks.
/// </summary>
internal sealed partial class MatchKeeper(
    IGrainFactory grains, Catalogue catalogue, IOptions<MatchOptions> options, ILogger<MatchKeeper> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.KeepEvery);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var mode in catalogue.Modes.Keys)
            {
                foreach (var shard in catalogue.Shards)
                    Keep(grains.GetGrain<IMatchGrain>(MatchQueues.Key(mode, shard.Id)).Keep);
            }

            foreach (var board in catalogue.Boards.Keys)
                Keep(grains.GetGrain<ILeaderboardGrain>(board).Keep);
        }
    }

    /// <summary>Beside the others: none waits for one that cannot be had now.</summary>
    private async void Keep(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception e)
        {
            LogNotKept(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A queue or a leaderboard cannot be had now")]
    private partial void LogNotKept(Exception exception);
}
