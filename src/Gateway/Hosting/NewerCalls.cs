using GameBackend.Nodes;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;

namespace GameBackend.Gateway.Hosting;

/// <summary>
/// During an upgrade a grain may live on a silo of an older version, which cannot read a call of a method that this
/// version has added. Such a grain is moved to a silo of this version, and called again: the older silo has done
/// nothing. Orleans itself only sees to that for grains that are not active yet
/// (https://github.com/dotnet/orleans/issues/8439).
/// </summary>
public sealed partial class NewerCalls(IGrainFactory grains, NodeDirectory nodes, ILogger<NewerCalls> logger)
    : IOutgoingGrainCallFilter
{
    private const int Moves = 3;
    private static readonly TimeSpan MoveTime = TimeSpan.FromMilliseconds(50);

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        for (var move = 0; ; move++)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (TypeLoadException) when (move < Moves && PickSilo(move) is { } silo)
            {
                LogOlder(context.TargetId, context.InterfaceName, context.MethodName, silo);
                await Move(context.TargetId, silo);
            }
        }
    }

    /// <summary>This silo if it is one, then others of this version: not each carries the grain's role.</summary>
    private SiloAddress? PickSilo(int move)
    {
        var mine = nodes.Mine;
        var silos = nodes.OfType(NodeTypes.Silo)
            .Where(node => node.Available && node.Version == mine.Version && node.Metadata.ContainsKey(SiloNode.Address))
            .OrderByDescending(node => node.Uuid == mine.Uuid).ToArray();
        return silos.Length == 0
            ? null
            : SiloAddress.FromParsableString(silos[move % silos.Length].Metadata[SiloNode.Address]);
    }

    private async Task Move(GrainId grain, SiloAddress silo)
    {
        var before = RequestContext.Get(IPlacementDirector.PlacementHintKey);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        try
        {
            await grains.GetGrain(grain).Cast<IGrainManagementExtension>().MigrateOnIdle();
            await Task.Delay(MoveTime);
        }
        finally
        {
            if (before is null)
                RequestContext.Remove(IPlacementDirector.PlacementHintKey);
            else
                RequestContext.Set(IPlacementDirector.PlacementHintKey, before);
        }
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Grain} is on a silo that does not know {Interface}.{Method} yet: it is moved to {Silo}")]
    private partial void LogOlder(GrainId grain, string @interface, string? method, SiloAddress silo);
}
