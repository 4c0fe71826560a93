using System.Diagnostics;
using GameBackend.Game;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Battle;

/// <summary>
/// The loop: ticks by the time that has passed, then one message to each gateway. The timer runs between requests and
/// is set anew after each tick for when the next one is due.
/// </summary>
public sealed partial class BattleGrain
{
    private BattleClock _clock = null!;
    private BattlePulse? _pulse;
    private WatchDelay _watchers = null!;
    private BattlePart[] _parts = [];
    private long _skipped;
    private int _ticksAfterEnd;
    private int _lookedAtTick;
    private long _bytesThisSecond;

    private void Start()
    {
        var room = _room!;
        _info = room.Info();
        _info.Region = Record.Region;
        _audience = new BattleAudience(room, Options.AttendWithin, NowMs, Options.JoinWithin);
        _watchers = new WatchDelay((int)(Options.WatchDelay.TotalSeconds * room.TicksPerSecond),
            room.TicksPerSecond / 2);
        _clock = new BattleClock(room.TicksPerSecond, Options.CatchUpTicks);
        _clock.Due(NowUs);
        _parts = new BattlePart[room.SideCount + 1];
        _pulse = new BattlePulse(Tick, TaskScheduler.Current);
        services.Pacer.After(0, _pulse);
        KeepSoon();
        Metrics.Running.Add(1);
    }

    private void Tick()
    {
        if (_room is null || _pulse is null)
            return;
        try
        {
            var due = _clock.Due(NowUs);
            if (due > 0)
                Advance(due);
        }
        catch (Exception e)
        {
            // What is saved is true; this one has gone wrong.
            LogTickFailed(e, Id);
            GiveUp();
        }

        if (_room is not null && _pulse is not null)
            services.Pacer.After(Math.Max(0, _clock.NextUs - NowUs), _pulse);
    }

    private void Advance(int due)
    {
        var room = _room!;
        var began = Stopwatch.GetTimestamp();
        Metrics.Lateness.Record(_clock.LatenessUs / 1000.0);
        if (_clock.Skipped > _skipped)
            Metrics.Skipped.Add(_clock.Skipped - _skipped);
        _skipped = _clock.Skipped;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var ended = room.Ended;
        for (var i = 0; i < due && !room.Ended; i++)
            room.Advance();
        if (ended)
            _ticksAfterEnd += due;
        Tell(ended);
        Metrics.TickAllocated.Add(GC.GetAllocatedBytesForCurrentThread() - allocated);
        var tookMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        Metrics.TickTime.Record(tookMs);
        if (tookMs > 1000.0 / room.TicksPerSecond)
            Metrics.Overruns.Add(1);
        if (room.Tick + _ticksAfterEnd - _lookedAtTick >= room.TicksPerSecond)
            LookAround();
        if (room.Ended && !ended)
            Keep().Ignore();
        if (IsOver && (_watchers.IsEmpty || !_audience.IsWatched))
            Close();
    }

    /// <summary>Once a second.</summary>
    private void LookAround()
    {
        _lookedAtTick = _room!.Tick + _ticksAfterEnd;
        if (_audience.PlayersHere > 0)
            Metrics.PlayerBytes.Record((double)_bytesThisSecond / _audience.PlayersHere);
        _bytesThisSecond = 0;
        _audience.Look(NowMs);
    }

    private void Tell(bool hadEnded)
    {
        var sides = 0u;
        foreach (var gateway in _audience.Gateways.Values)
            sides |= gateway.Sides;
        var room = _room!;
        for (var side = 0; side < room.SideCount && !hadEnded; side++)
        {
            if ((sides & (1u << side)) != 0)
                _parts[side] = Encode(side, side);
        }

        if (!hadEnded && (_audience.IsWatched || room.Ended || _watchers.IsDue(room.Tick)))
            _watchers.Record(Encode(room.SideCount, BattlePart.Watchers, whole: !_audience.IsWatched));
        var watched = _watchers.TryTake(room.Tick + _ticksAfterEnd, out var old);
        foreach (var (lane, gateway) in _audience.Gateways)
            Tell(lane, gateway, hadEnded ? 0 : gateway.Sides, watched && gateway.Watched ? old : null);
    }

    private void Tell(string lane, BattleAudience.Gateway gateway, uint sides, BattlePart? watched)
    {
        var count = System.Numerics.BitOperations.PopCount(sides) + (watched is null ? 0 : 1);
        if (count == 0)
            return;
        var parts = new BattlePart[count];
        var at = 0;
        for (var side = 0; sides >> side != 0; side++)
        {
            if ((sides & (1u << side)) == 0)
                continue;
            parts[at++] = _parts[side];
            _bytesThisSecond += _parts[side].Body.Length;
        }

        if (watched is { } part)
            parts[at] = part;
        var nowUs = (time.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        Send(lane, gateway, new BattleFrame(Id, Record.Life, parts, SentUs: nowUs));
    }

    private void Send(string lane, BattleAudience.Gateway gateway, BattleFrame frame) => services.Lanes.Publish(
        gateway.Queue ??= services.Lanes.QueueOf(lane), lane, new LaneItem(0, 0, 0, 0, [], Battle: frame));

    private BattlePart Encode(int view, int group, bool whole = false)
    {
        var bytes = _room!.Snapshot(view, whole);
        Metrics.SnapshotBytes.Add(bytes.Length);
        return new BattlePart(group, (uint)_room.Tick, (uint)_room.BaseTick(view), bytes.ToArray());
    }

    [LoggerMessage(
        Level = LogLevel.Error, Message = "A tick of battle {BattleId} has failed; it goes on from what is saved")]
    private partial void LogTickFailed(Exception exception, long battleId);
}
