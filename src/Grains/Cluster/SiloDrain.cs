using System.Diagnostics;
using GameBackend.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Cluster;

/// <summary>
/// Empties a silo before it stops: no grain is placed here any more, and those that are here move, one by one, to the
/// other silos of their roles. Orleans alone would deactivate them all at once, with calls under way.
/// </summary>
public sealed partial class SiloDrain(
    NodeDirectory nodes, NodeSelf self, NodeCalls calls, ILocalSiloDetails silo, GrainMoves moves,
    IOptions<SiloDrainOptions> options,
    ILogger<SiloDrain> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether this silo is being emptied, or is empty.</summary>
    public bool Started { get; private set; }

    /// <summary>Moves everything away. The silo goes on until it is stopped, and nothing new comes to it.</summary>
    /// <returns>Grains that could go and are still here when the time is up.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        Started = true;
        self.Available = false;
        var begin = Stopwatch.GetTimestamp();
        // Slow is not stuck: the time counts from the last progress, up to twice as long in all.
        var (left, fewest, progress) = (int.MaxValue, int.MaxValue, begin);
        while (Stopwatch.GetElapsedTime(progress) < options.Value.DrainWithin
            && Stopwatch.GetElapsedTime(begin) < 2 * options.Value.DrainWithin
            && !cancellation.IsCancellationRequested)
        {
            // The others must have heard of it, or what leaves comes back.
            await Task.Delay(Step, CancellationToken.None);
            var here = await Leaving();
            // Empty twice in a row: the first time, one may have been starting.
            if (here.Count == 0 && left == 0)
                break;
            left = here.Count;
            if (left < fewest)
                (fewest, progress) = (left, Stopwatch.GetTimestamp());
            await moves.Release(here);
        }

        left = left == int.MaxValue ? 0 : left;
        LogDrained(left, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        return left;
    }

    /// <summary>
    /// Who still has a grain's former place in its cache calls it here, and Orleans starts it here again. Those few are
    /// migrated, one after the other.
    /// </summary>
    private async Task StayEmpty()
    {
        try
        {
            while (Started)
            {
                foreach (var id in await Leaving())
                    await moves.Migrate(id, silo.SiloAddress);
                await Task.Delay(LookAgain);
            }
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
    }

    /// <summary>Takes grains again after <see cref="Run"/>.</summary>
    public void Undo()
    {
        Started = false;
        self.Available = true;
    }

    /// <summary>Lets operators drain this silo.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        calls.Serve<DrainNodeRequest, DrainNodeReply>(
            ControlReflection.Descriptor.Services[0],
            async (caller, request, stop) =>
            {
                if (request.Undo)
                {
                    Undo();
                    return new DrainNodeReply();
                }

                var left = await Run(stop);
                _ = StayEmpty();
                return new DrainNodeReply { Left = (uint)left };
            });
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before any service stops.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Run(cancellationToken);
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Grains that are here and can be elsewhere: another silo that takes new work carries their role.
    /// </summary>
    private Task<IReadOnlyList<GrainId>> Leaving() => moves.On(silo.SiloAddress, nodes.Mine.Roles.Where(role =>
        nodes.WithRole(role).Any(node => node.Available && node.Uuid != nodes.Mine.Uuid)).ToHashSet());

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Drained in {Seconds:F1} s; {Left} grains that could go are left")]
    private partial void LogDrained(int left, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "This silo could not be drained")]
    private partial void LogFailed(Exception exception);
}
