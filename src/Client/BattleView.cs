using GameBackend.Client.Sessions;
using GameBackend.Protocol;

namespace GameBackend.Client;

/// <summary>
/// A battle that the player fights in, from joining to the end. It joins again by itself: after a reconnect, when a
/// baseline is missing, and when nothing has come for a while because the battle is on its way to another server.
/// </summary>
public sealed class BattleView : IDisposable
{
    private const int LookEveryMs = 250;
    private const int SilentMs = 1000;
    private const int JoinEveryMs = 500;

    /// <summary>Inputs of an earlier run of the app that may still wait for their ticks have smaller numbers.</summary>
    private const uint NumbersLeftOut = 64;

    private readonly object _gate = new();
    private readonly GameClient _client;
    private readonly BattlePicture _picture = new();
    private readonly TaskCompletionSource<BattleHistoryEntry> _settled =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable[] _registrations;
    private readonly Timer _timer;
    private bool _joining;
    private bool _mustJoin;
    private long _heardMs = MonotonicClock.NowMs;
    private long _joinedMs = MonotonicClock.NowMs;
    private uint _number;

    private BattleView(GameClient client, JoinBattleReply joined)
    {
        _client = client;
        Info = joined.Info;
        Fighter = joined.Fighter;
        Take(joined.Baseline);
        _number = Own is { } own ? Math.Max(own.LastInput, own.RefusedInput) + NumbersLeftOut : 0;
        _registrations = [client.On<BattleSnapshot>(Receive), client.On<BattleSettled>(Settle)];
        client.StateChanged += Reconnected;
        _timer = new Timer(_ => Look(), null, LookEveryMs, LookEveryMs);
    }

    /// <summary>Raised after each snapshot, with what has happened. Handlers must be quick.</summary>
    public event Action<IReadOnlyList<BattleEvent>>? Changed;

    public BattleInfo Info { get; private set; }

    /// <summary>The number of the player's own fighter.</summary>
    public uint Fighter { get; }

    /// <summary>Snapshots that have come.</summary>
    public long Snapshots { get; private set; }

    /// <summary>How often it was joined again.</summary>
    public int Rejoins { get; private set; }

    /// <summary>The longest time without a snapshot, in milliseconds.</summary>
    public long LongestSilenceMs { get; private set; }

    /// <summary>Whether the battle has ended, as far as is known here.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the battle has brought, once it has been counted.</summary>
    public Task<BattleHistoryEntry> Settled => _settled.Task;

    private FighterSnapshot? Own => _picture.Fighters.TryGetValue(Fighter, out var own) ? own : null;

    /// <param name="battle">0 for the one that the player is in.</param>
    public static async Task<BattleView> Join(
        GameClient client, ulong battle = 0, CancellationToken cancellation = default) =>
        new(client, await client.Battles.Join(battle, cancellation).ConfigureAwait(false));

    /// <summary>Looks at what the side sees now.</summary>
    public T Look<T>(Func<BattlePicture, T> look)
    {
        lock (_gate)
            return look(_picture);
    }

    /// <summary>Numbers an input and sends it, if there is a connection.</summary>
    public bool Send(BattleInput input)
    {
        lock (_gate)
            input.Number = ++_number;
        return !IsOver && _client.Notify(input);
    }

    public Task Leave(CancellationToken cancellation = default) => _client.Battles.Leave(Info.BattleId, cancellation);

    public Task VoteSurrender(bool forIt, CancellationToken cancellation = default) =>
        _client.Battles.VoteSurrender(Info.BattleId, forIt, cancellation);

    public void Dispose()
    {
        _timer.Dispose();
        _client.StateChanged -= Reconnected;
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void Receive(BattleSnapshot snapshot)
    {
        if (snapshot.BattleId != Info.BattleId)
            return;
        Snapshots++;
        var events = Take(snapshot);
        Changed?.Invoke(events);
    }

    private IReadOnlyList<BattleEvent> Take(BattleSnapshot snapshot)
    {
        lock (_gate)
        {
            var now = MonotonicClock.NowMs;
            LongestSilenceMs = Math.Max(LongestSilenceMs, now - _heardMs);
            _heardMs = now;
            if (!_picture.Apply(snapshot, out var events))
                _mustJoin = true;
            IsOver |= events.Any(happening => happening.Kind == BattleEventKind.End);
            return events;
        }
    }

    private void Settle(BattleSettled settled)
    {
        if (settled.Entry.Result.BattleId != Info.BattleId)
            return;
        IsOver = true;
        _settled.TrySetResult(settled.Entry);
    }

    private void Reconnected(ClientState state)
    {
        if (state != ClientState.Online)
            return;
        lock (_gate)
            _mustJoin = true;
        Look();
    }

    private void Look()
    {
        lock (_gate)
        {
            var now = MonotonicClock.NowMs;
            _mustJoin |= now - _heardMs > SilentMs;
            if (!_mustJoin || _joining || IsOver || now - _joinedMs < JoinEveryMs
                || _client.State != ClientState.Online)
                return;
            (_joining, _mustJoin, _joinedMs) = (true, false, now);
        }

        _ = JoinAgain();
    }

    private async Task JoinAgain()
    {
        try
        {
            var joined = await _client.Battles.Join(Info.BattleId).ConfigureAwait(false);
            Rejoins++;
            Take(joined.Baseline);
        }
        catch (GameErrorException e) when (e.Error is GameError.BattleOver or GameError.BattleNotFound
            or GameError.BattleNotIn)
        {
            IsOver = true;
        }
        catch (Exception e) when (e is TimeoutException or GameErrorException or ClientClosedException)
        {
            // Tried again soon.
        }
        finally
        {
            lock (_gate)
                _joining = false;
        }
    }
}
