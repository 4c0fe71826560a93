using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Battle;

/// <summary>
/// One battle at this gateway: who fights in it and who watches, the last baseline of each group, and inputs on their
/// way. A snapshot is sent when it comes or never: to a client that lags the next one tells all that it has missed.
/// </summary>
internal sealed class BattleFeed(
    long battle, Guid gateway, IBattleGrain grain, GatewayOptions options, GatewayMetrics metrics)
{
    private const int MaxWaiting = 256;

    /// <summary>A battle that says nothing for this long is asked more often, and for another lane.</summary>
    private const int SilentMs = 500;
    private static readonly uint SnapshotOp = Opcodes.OfPush<BattleSnapshot>().Op;

    private readonly Lock _gate = new();
    private readonly Dictionary<Session, BattleSeat> _seats = [];
    private readonly Dictionary<int, (ulong Life, uint Tick, byte[] Body)> _baselines = [];
    private readonly Dictionary<int, uint> _ticks = [];
    private readonly Queue<WaitingInput> _waiting = new();
    private ulong _life;
    private int _lane = (int)((ulong)battle % (ulong)options.Lanes);
    private bool _answered;
    private bool _submitting;
    private bool _closed;

    public long Battle => battle;

    /// <summary>When something was heard of the battle.</summary>
    public long HeardMs { get; private set; } = Environment.TickCount64;

    public bool IsSilent => Environment.TickCount64 - HeardMs > SilentMs;

    /// <summary>When the battle was told last who is here.</summary>
    public long AttendedMs { get; set; }

    /// <summary>Calls to the battle that are not answered.</summary>
    public int Attending;

    /// <returns>The seat; null if this feed is over and another has to be made.</returns>
    public BattleSeat? Seat(Session session, int group, BattleSnapshot? baseline)
    {
        lock (_gate)
        {
            if (_closed)
                return null;
            var seat = _seats[session] = new BattleSeat(session, this, group);
            if (baseline is not null)
                seat.Baseline = (0, baseline.Tick);
            return seat;
        }
    }

    /// <returns>Whether nobody is left, and the feed is over.</returns>
    public bool Leave(BattleSeat seat)
    {
        lock (_gate)
        {
            if (_seats.GetValueOrDefault(seat.Session) == seat)
                _seats.Remove(seat.Session);
            return _closed = _seats.Count == 0;
        }
    }

    /// <summary>The battle is over, or not there: nobody is in it any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var seat in _seats.Values)
                seat.Session.Battle = seat.Session.Battle == seat ? null : seat.Session.Battle;
            _seats.Clear();
            while (_waiting.TryDequeue(out var input))
                input.Answer?.TrySetResult(new InputAnswer(GameError.BattleOver, InputRefusal.Out, 0));
        }
    }

    /// <summary>Takes what came off the lane, in any order.</summary>
    public void Receive(BattleFrame frame)
    {
        lock (_gate)
        {
            if (frame.Life < _life)
                return;
            if (frame.Life > _life)
            {
                _life = frame.Life;
                _ticks.Clear();
            }

            HeardMs = Environment.TickCount64;
            if (frame.SentUs != 0)
                metrics.SnapshotLatency.Record(NowUs() / 1000.0 - (frame.SentUs / 1000.0));
            foreach (var part in frame.Parts)
                Receive(part);
        }
    }

    /// <summary>
    /// Tells the battle who is here. If it has answered and still nothing comes then it is the lane that is silent,
    /// since whoever serves it has died: another one takes its place.
    /// </summary>
    /// <returns>False if the battle is over, or not there.</returns>
    public async Task<bool> Attend()
    {
        BattleAttendance attendance;
        lock (_gate)
        {
            if (_answered && IsSilent && _seats.Values.Any(seat => seat.Fights))
                _lane = (_lane + 1) % options.Lanes;
            (_answered, AttendedMs) = (false, Environment.TickCount64);
            var lane = Lane.Name(gateway, _lane);
            attendance = new BattleAttendance(
                lane,
                [.. _seats.Values.Where(seat => seat.Fights).Select(
                    seat => new BattlePresence(seat.Session.PlayerId, seat.Session.Epoch))],
                _seats.Values.Any(seat => !seat.Fights));
        }

        return _answered = await grain.Attend(attendance);
    }

    public void Drop(Session session) => grain.Drop(session.PlayerId, session.Epoch).Ignore();

    /// <summary>
    /// Sends an input on. Those that come while a call is under way, of whichever player, go with the next one. If the
    /// battle does not answer, the oldest are given up.
    /// </summary>
    public void Submit(Session session, byte[] body, TaskCompletionSource<InputAnswer>? answer)
    {
        lock (_gate)
        {
            if (_waiting.Count >= MaxWaiting)
            {
                metrics.InputsDropped.Add(1);
                _waiting.Dequeue().Answer?.TrySetResult(new InputAnswer(GameError.Unavailable, InputRefusal.Late, 0));
            }

            _waiting.Enqueue(new WaitingInput(new PlayerInput(session.PlayerId, session.Epoch, body), answer));
            if (_submitting)
                return;
            _submitting = true;
        }

        _ = Task.Run(SubmitWaiting);
    }

    private static long NowUs() =>
        (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private void Receive(in BattlePart part)
    {
        if (_ticks.TryGetValue(part.Group, out var last) && part.Tick <= last)
            return;
        _ticks[part.Group] = part.Tick;
        if (part.Tick == part.BaseTick)
            _baselines[part.Group] = (_life, part.Tick, part.Body);
        var now = Environment.TickCount64;
        foreach (var seat in _seats.Values)
        {
            if (seat.Group == part.Group)
                Send(seat, part, now);
        }
    }

    private void Send(BattleSeat seat, in BattlePart part, long now)
    {
        var known = seat.Baseline is { } has && has.Tick == part.BaseTick && (has.Life == _life || has.Life == 0);
        if (part.Tick != part.BaseTick && !known)
        {
            // It builds on a baseline that was left out, or lost.
            if (!_baselines.TryGetValue(part.Group, out var whole) || (whole.Life, whole.Tick) != (_life, part.BaseTick)
                || !seat.MaySend(whole.Body.Length, now, options))
            {
                metrics.SnapshotsSkipped.Add(1);
                return;
            }

            Send(seat, whole.Body);
        }

        if (!seat.MaySend(part.Body.Length, now, options))
        {
            metrics.SnapshotsSkipped.Add(1);
            return;
        }

        seat.Baseline = (_life, part.BaseTick);
        Send(seat, part.Body);
    }

    private void Send(BattleSeat seat, byte[] body)
    {
        metrics.Snapshots.Add(1);
        metrics.SnapshotBytes.Add(body.Length);
        seat.Session.SendTransient(SnapshotOp, body);
    }

    private async Task SubmitWaiting()
    {
        while (true)
        {
            WaitingInput[] inputs;
            lock (_gate)
            {
                inputs = [.. _waiting];
                _waiting.Clear();
                if (inputs.Length == 0)
                {
                    _submitting = false;
                    return;
                }
            }

            try
            {
                var answers = await grain.Submit(Array.ConvertAll(inputs, input => input.Input));
                for (var i = 0; i < inputs.Length; i++)
                    inputs[i].Answer?.TrySetResult(answers[i]);
            }
            catch (Exception)
            {
                // Inputs are of their moment: nobody wants them later.
                metrics.InputsDropped.Add(inputs.Length);
                foreach (var input in inputs)
                    input.Answer?.TrySetResult(new InputAnswer(GameError.Unavailable, InputRefusal.Late, 0));
            }
        }
    }

    private readonly record struct WaitingInput(PlayerInput Input, TaskCompletionSource<InputAnswer>? Answer);
}
