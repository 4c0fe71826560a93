using GameBackend.Game;
using GameBackend.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace GameBackend.Grains.Battle;

/// <summary>
/// What makes a battle outlive its silo: the log is saved in parts, the state now and then, both beside the ticks. Who
/// starts it elsewhere goes on from the last state and runs the parts behind it. Of two that run it, the one whose part
/// has the next number goes on, and the other one ends.
/// </summary>
public sealed partial class BattleGrain
{
    private const string WakeReminder = "battle";
    private const int PartsRead = 64;

    /// <summary>Tells the parts of this activation from those of another: only its own may be appended again.</summary>
    private readonly string _writer = Guid.NewGuid().ToString("N");

    private string _log = "";
    private ulong _part;
    private byte[]? _unsavedPart;
    private BattleCheckpoint? _unsavedState;
    private long _checkpointAtMs;
    private IGrainTimer? _keeper;
    private Task _keeping = Task.CompletedTask;

    private async Task Begin(BattleSetup setup, BattleOrder order)
    {
        try
        {
            await this.RegisterOrUpdateReminder(WakeReminder, Options.WakeEvery, Options.WakeEvery);
            Record.Setup = setup;
            Record.Region = order.Region;
            Record.Ratings.AddRange(order.Entrants.Select(entrant => new RatingRecord
            {
                Value = entrant.Rating,
                Deviation = entrant.Deviation,
                Volatility = entrant.Volatility,
            }));
            Record.OpenedAtMs = NowMs;
            Record.Life = 1;
            await storage.WriteStateAsync();
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"Battle {Id:x} was not saved.", e);
        }

        LogOpened(Id, setup.Mode, setup.Seats.Count);
    }

    /// <returns>False if the battle cannot be gone on with, and is over.</returns>
    private async Task<bool> Restore()
    {
        try
        {
            // Before the log is read: from then on whoever still runs this battle cannot save its state.
            Record.Life++;
            await storage.WriteStateAsync();
            var log = new List<byte>();
            _part = Record.CheckpointPart;
            while (await logs.Read(_log, _part + 1, PartsRead) is { Count: > 0 } parts)
            {
                foreach (var part in parts)
                    log.AddRange(part.Item);
                _part = parts[^1].Seq;
            }

            _room = Record.Checkpoint is { } checkpoint
                ? BattleRoom.Restore(catalogue, Record.Setup, checkpoint, log.ToArray())
                : BattleRoom.Restore(catalogue, Record.Setup, new BattleRoom(catalogue, Record.Setup)
                    .Checkpoint(), log.ToArray());
            // It is saved already.
            _room.DropLog();
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            LogDamaged(e, Id);
            await Void();
            return false;
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"Battle {Id:x} cannot be gone on with now.", e);
        }

        Metrics.Restored.Add(1);
        LogRestored(Id, _room.Tick, Record.Life);
        return true;
    }

    private void KeepSoon()
    {
        _checkpointAtMs = NowMs + (long)Options.CheckpointEvery.TotalMilliseconds;
        _keeper = this.RegisterGrainTimer(Keep, new GrainTimerCreationOptions
        {
            DueTime = Options.SaveLogEvery,
            Period = Options.SaveLogEvery,
            Interleave = true,
            KeepAlive = true,
        });
    }

    /// <summary>Saves what is new. One at a time; whoever comes meanwhile waits for it.</summary>
    private Task Keep() => _keeping.IsCompleted ? _keeping = KeepNow(whole: false) : _keeping;

    private async Task KeepNow(bool whole)
    {
        if (_room is null || IsOver)
            return;
        try
        {
            Cut(whole);
            if (_unsavedPart is { } part)
            {
                await logs.Append(_log, _part, $"{_writer}/{_part}", part);
                _unsavedPart = null;
            }

            if (_room is { Ended: true, Log.Length: 0 })
                await End(_room.Result(), (uint)_room.Tick);
            else if (_unsavedState is { } state)
                await SaveState(state);
        }
        catch (Exception e) when (e is LogFencedException or InconsistentStateException)
        {
            LogFenced(Id, Record.Life);
            GiveUp();
        }
        catch (Exception e)
        {
            // Tried again with the next part.
            Metrics.SaveFailed.Add(1);
            LogNotSaved(e, Id);
        }
    }

    /// <summary>Takes what is new out of the room, unless the last that was taken is not saved yet.</summary>
    private void Cut(bool whole)
    {
        if (_unsavedPart is not null)
            return;
        _room!.MarkLog();
        if (_room.Log.Length == 0)
            return;
        _unsavedPart = _room.Log.ToArray();
        _part++;
        _room.DropLog();
        if (_room.Ended || (!whole && NowMs < _checkpointAtMs))
            return;
        _unsavedState = _room.Checkpoint();
        _checkpointAtMs = NowMs + (long)Options.CheckpointEvery.TotalMilliseconds;
    }

    private async Task SaveState(BattleCheckpoint state)
    {
        (Record.Checkpoint, Record.CheckpointPart) = (state, _part);
        _unsavedState = null;
        await storage.WriteStateAsync();
    }

    /// <summary>The battle is decided: one write has the result, and who is owed what it means.</summary>
    private async Task End(BattleResult result, uint tick)
    {
        var before = Record.Clone();
        Record.Result = result;
        Record.Ticks = tick;
        Record.Parts = _part;
        Record.EndedAtMs = NowMs;
        Record.Checkpoint = null;
        Record.Unsettled.AddRange(Record.Setup.Seats.Select(seat => seat.PlayerId).Where(id => id != 0));
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception)
        {
            storage.State = before;
            throw;
        }

        LogEnded(Id, result.Reason, tick);
        SettleSoon();
    }

    /// <summary>Nobody waits for ever in a battle that cannot be gone on with.</summary>
    private async Task Void()
    {
        try
        {
            await End(SettlementRules.VoidResult(Record.Setup), Record.Checkpoint?.Tick ?? 0);
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"Battle {Id:x} cannot be ended now.", e);
        }
    }

    /// <summary>
    /// Saves all, so that another silo goes on where this one stops, and tells the gateways to fetch it there.
    /// </summary>
    private async Task Stop()
    {
        if (_room is null)
            return;
        _pulse = null;
        _keeper?.Dispose();
        await _keeping;
        if (_room is null)
            return;
        await KeepNow(whole: true);
        if (_unsavedPart is null && _room is { Ended: true, Log.Length: > 0 })
            await KeepNow(whole: true);
        if (_room is { Ended: false })
        {
            foreach (var (lane, gateway) in _audience.Gateways)
                Send(lane, gateway, new BattleFrame(Id, Record.Life, [], Moving: true));
        }

        Close();
    }

    private void GiveUp()
    {
        Close();
        DeactivateOnIdle();
    }

    /// <summary>Nothing runs here any more.</summary>
    private void Close()
    {
        if (_room is null)
            return;
        _pulse = null;
        _keeper?.Dispose();
        _room = null;
        Metrics.Running.Add(-1);
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Battle {BattleId} of {Mode} begins with {Fighters} fighters")]
    private partial void LogOpened(long battleId, string mode, int fighters);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Battle {BattleId} goes on at tick {Tick}, for the {Life}th time")]
    private partial void LogRestored(long battleId, int tick, ulong life);

    [LoggerMessage(Level = LogLevel.Information, Message = "Battle {BattleId} has ended by {Reason} at tick {Tick}")]
    private partial void LogEnded(long battleId, BattleEndReason reason, uint tick);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Battle {BattleId} is run elsewhere; life {Life} of it ends here")]
    private partial void LogFenced(long battleId, ulong life);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Battle {BattleId} could not be saved yet")]
    private partial void LogNotSaved(Exception exception, long battleId);

    [LoggerMessage(Level = LogLevel.Error, Message = "What is saved of battle {BattleId} does not fit together: it ends undecided")]
    private partial void LogDamaged(Exception exception, long battleId);
}
