using System.Collections.Concurrent;
using GameBackend.Grains.Interfaces;
using Orleans.Serialization.Invocation;

namespace GameBackend.Accounts.Testing;

public sealed record Kicked(GoodbyeReason Reason, string Detail);

/// <summary>
/// Stands between accounts and players: sees the kicks, fails them on demand, and says where a player is.
/// </summary>
public sealed class PlayerCalls : IOutgoingGrainCallFilter
{
    private readonly ConcurrentDictionary<long, ConcurrentQueue<Kicked>> _kicks = new();
    private readonly ConcurrentDictionary<long, Func<Task>> _onKick = new();
    private readonly ConcurrentDictionary<long, string> _gateways = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _kicked = new();

    /// <summary>What gateways there are.</summary>

    /// <summary>The kicks of this player that got through.</summary>
    public Kicked[] Of(long playerId) => _kicks.TryGetValue(playerId, out var kicks) ? [.. kicks] : [];

    /// <summary>Completes with the player's first kick that gets through.</summary>
    public Task WhenKicked(long playerId) => Signal(playerId).Task;

    /// <summary>Runs as the kick arrives; if it throws, so does the kick. Null goes back to normal.</summary>
    public void OnKick(long playerId, Func<Task>? act)
    {
        if (act is null)
            _onKick.TryRemove(playerId, out _);
        else
            _onKick[playerId] = act;
    }

    public void PutAt(long playerId, string gateway) => _gateways[playerId] = gateway;

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        context.Response = context.Grain switch
        {
            IPlayerSession session when context.MethodName == nameof(IPlayerSession.GetPresence) =>
                Response.FromResult(PresenceOf(session.GetPrimaryKeyLong())),
            IPlayerSession session => await Kick(session.GetPrimaryKeyLong(), context.Request),
            _ => null,
        };
        if (context.Response is null)
            await context.Invoke();
    }

    private async Task<Response> Kick(long playerId, IInvokable request)
    {
        if (_onKick.TryGetValue(playerId, out var act))
            await act();

        var kick = new Kicked((GoodbyeReason)request.GetArgument(1)!, (string)request.GetArgument(2)!);
        _kicks.GetOrAdd(playerId, _ => new()).Enqueue(kick);
        Signal(playerId).TrySetResult();
        return Response.Completed;
    }

    private Presence PresenceOf(long playerId) =>
        new(PresenceStatus.Online, default, 0, 1, _gateways.GetValueOrDefault(playerId, ""));

    private TaskCompletionSource Signal(long playerId) =>
        _kicked.GetOrAdd(playerId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
