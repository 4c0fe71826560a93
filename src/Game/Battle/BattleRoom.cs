using System.Runtime.InteropServices;
using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>
/// One battle with its doors: inputs and comings and goings from outside, one tick after another, a log that says what
/// took effect when, checkpoints to go on from, and snapshots for those who watch.
/// </summary>
/// <remarks>Not safe for several threads at once.</remarks>
public sealed class BattleRoom
{
    /// <summary>Comings, goings and votes that a fighter may have waiting for one tick.</summary>
    private const int QueuedPerFighter = 4;

    private readonly BattleSetup _setup;
    private readonly BattleWorld _world;
    private readonly InputGate _gate;
    private readonly ByteBuffer _logBytes = new(4096);
    private readonly BattleLog _log;
    private readonly List<BattleCommand> _queued = [];
    private readonly List<BattleCommand> _commands = [];
    private readonly SnapshotEncoder _snapshots;
    private uint _logStart;

    /// <exception cref="ArgumentException">The catalogue has no such battle.</exception>
    /// <exception cref="InvalidDataException">The setup's rules cannot be read.</exception>
    public BattleRoom(Catalogue catalogue, BattleSetup setup)
    {
        _setup = setup;
        _world = new BattleWorld(catalogue, setup);
        _gate = new InputGate(_world.Fighters.Length);
        _log = new BattleLog(_logBytes);
        _snapshots = new SnapshotEncoder(_world, _gate, setup.BattleId);
    }

    public ulong BattleId => _setup.BattleId;

    /// <summary>How many ticks have been made.</summary>
    public int Tick => _world.Tick;

    public int TicksPerSecond => _world.Plan.TicksPerSecond;

    public bool Ended => _world.Ended;

    public int FighterCount => _world.Fighters.Length;

    public int SideCount => _world.Sides.Length;

    /// <summary>What took effect since the log was dropped, or since the start. Valid until the next tick.</summary>
    public ReadOnlyMemory<byte> Log => _logBytes.Memory;

    /// <summary>How many bytes of the log were before <see cref="Log"/>.</summary>
    public long LogStart => _logStart;

    internal BattleWorld World => _world;

    /// <summary>What a battle's rules are worth the same by; goes into its setup.</summary>
    public static ulong RulesHash(Catalogue catalogue, BattleSetup setup) => BattlePlan.Of(catalogue, setup).RulesHash;

    /// <summary>Goes on from a checkpoint, with whatever is in the log behind it.</summary>
    /// <param name="log">What follows on the checkpoint's <see cref="BattleCheckpoint.LogBytes"/>.</param>
    /// <exception cref="InvalidDataException">Checkpoint or log are damaged, or of another battle.</exception>
    public static BattleRoom Restore(
        Catalogue catalogue, BattleSetup setup, BattleCheckpoint checkpoint, ReadOnlyMemory<byte> log)
    {
        var room = new BattleRoom(catalogue, setup);
        room._world.Read(checkpoint.State.Memory);
        if (room.StateHash() != checkpoint.Hash) throw new InvalidDataException("The state is not what was saved.");
        var pending = new ReadVisitor(new ByteReader(checkpoint.Pending.Memory));
        room._gate.Visit(ref pending);
        room._logStart = checkpoint.LogBytes;
        room._logBytes.Write(log.Span);
        room.Rerun(log);
        return room;
    }

    /// <summary>What does not change while the battle runs.</summary>
    public BattleInfo Info()
    {
        var plan = _world.Plan;
        var info = new BattleInfo
        {
            BattleId = _setup.BattleId,
            Mode = _setup.Mode,
            Map = plan.Map.Id,
            TicksPerSecond = (uint)plan.TicksPerSecond,
            TimeLimitTicks = (uint)plan.TimeLimitTicks,
            RespawnMs = (uint)plan.Mode.RespawnMs,
            ScoreLimit = (uint)plan.Mode.ScoreLimit,
            Sides = (uint)plan.Mode.Sides,
            SurrenderFromTick = (uint)plan.SurrenderAfterTicks,
        };
        for (var i = 0; i < _setup.Seats.Count; i++)
        {
            var seat = _setup.Seats[i];
            info.Fighters.Add(new FighterInfo
            {
                PlayerId = seat.PlayerId,
                Name = seat.Name,
                Side = seat.Side,
                Role = seat.Role,
                MaxHealth = (uint)_world.Fighters[i].MaxHealth,
            });
        }

        return info;
    }

    /// <summary>The fighter of a player; -1 if the player has none here.</summary>
    public int FighterOf(ulong playerId)
    {
        if (playerId == 0) return -1;
        foreach (var fighter in _world.Fighters)
        {
            if (fighter.PlayerId == playerId) return fighter.Index;
        }

        return -1;
    }

    public int SideOf(int fighter) => _world.Fighters[fighter].Side;

    public FighterPresence PresenceOf(int fighter) => (FighterPresence)_world.Fighters[fighter].Presence;

    /// <summary>Keeps an input for its tick, or says why not. What is refused changes nothing in the arena.</summary>
    public InputRefusal Submit(int fighter, BattleInput input)
    {
        if (!Ended && PresenceOf(fighter) == FighterPresence.Present) return _gate.Submit(fighter, input, Tick);
        _gate.Refuse(fighter, input.Number, InputRefusal.Out);
        return InputRefusal.Out;
    }

    /// <summary>A player's connection is lost: the character stays, and after a while the server steers it.</summary>
    public void Drop(int fighter) => Queue(CommandKind.Drop, fighter);

    /// <summary>A dropped player is back, from the next tick on.</summary>
    public void Return(int fighter) => Queue(CommandKind.Return, fighter);

    /// <summary>A player leaves for good; the server steers the character from the next tick on.</summary>
    public void Leave(int fighter) => Queue(CommandKind.Leave, fighter);

    /// <summary>Votes on giving up; more than half of a side's players have to be for it.</summary>
    public void VoteSurrender(int fighter, bool forIt) =>
        Queue(forIt ? CommandKind.VoteYes : CommandKind.VoteNo, fighter);

    /// <summary>Makes one tick.</summary>
    public void Advance()
    {
        if (Ended) return;
        var tick = Tick + 1;
        _commands.Clear();
        _commands.AddRange(_queued);
        _queued.Clear();
        for (var i = 0; i < _world.Fighters.Length; i++)
        {
            if (_gate.Take(i, tick, out var input)) _commands.Add(new BattleCommand(CommandKind.Input, i, input));
        }

        var commands = CollectionsMarshal.AsSpan(_commands);
        if (!commands.IsEmpty) _log.WriteTick(tick);
        foreach (ref readonly var command in commands) _log.WriteCommand(command);
        _world.Step(commands);
        if (Ended || tick % TicksPerSecond == 0) _log.WriteHash(tick, StateHash());
    }

    public ulong StateHash() => _world.Hash();

    /// <summary>A state to go on from, together with the log.</summary>
    public BattleCheckpoint Checkpoint()
    {
        var buffer = new ByteBuffer(2048);
        _world.Write(buffer);
        var state = ByteString.CopyFrom(buffer.Span);
        buffer.Clear();
        var pending = new WriteVisitor(buffer);
        _gate.Visit(ref pending);
        return new BattleCheckpoint
        {
            Tick = (uint)Tick,
            Hash = StateHash(),
            State = state,
            Pending = ByteString.CopyFrom(buffer.Span),
            LogBytes = _logStart + (uint)_logBytes.Length,
        };
    }

    /// <summary>
    /// Says in the log how far the battle has come, so that a restore comes as far even if nobody did anything. For
    /// whoever is about to save the log.
    /// </summary>
    public void MarkLog()
    {
        if (!Ended) _log.WriteThrough(Tick);
    }

    /// <summary>Forgets the log so far, since it is saved elsewhere; its memory is used again.</summary>
    public void DropLog()
    {
        _logStart += (uint)_logBytes.Length;
        _logBytes.Clear();
    }

    public BattleResult Result() => _world.Result(_setup.BattleId);

    /// <param name="saved">The log that was dropped.</param>
    public BattleReplay Replay(ReadOnlyMemory<byte> saved = default) => new()
    {
        Setup = _setup.Clone(),
        Log = ByteString.CopyFrom([.. saved.Span, .. _logBytes.Span]),
        Ticks = (uint)Tick,
        FinalHash = StateHash(),
    };

    /// <summary>What a side sees now, against its last baseline; encoded once for all of the side.</summary>
    /// <param name="side">A side, or <see cref="SideCount"/> for those who watch and see everything.</param>
    /// <param name="whole">Makes it a baseline in any case.</param>
    /// <returns>A <see cref="BattleSnapshot"/>. Valid until the next call for the side.</returns>
    public ReadOnlyMemory<byte> Snapshot(int side, bool whole = false) => _snapshots.Encode(side, whole);

    /// <summary>The tick of the baseline that a side's last snapshot builds on.</summary>
    public int BaseTick(int side) => _snapshots.BaseTick(side);

    /// <summary>The last baseline of a side, for whoever has come, has come back or has missed it.</summary>
    /// <returns>A <see cref="BattleSnapshot"/>, valid until the side's next baseline.</returns>
    public ReadOnlyMemory<byte> Baseline(int side) => _snapshots.Baseline(side);

    private void Queue(CommandKind kind, int fighter)
    {
        if (Ended || _queued.Count >= QueuedPerFighter * FighterCount) return;
        var waiting = 0;
        foreach (ref readonly var command in CollectionsMarshal.AsSpan(_queued))
        {
            if (command.Fighter == fighter) waiting++;
        }

        // A flood of votes must not push out that the player is gone, so comings and goings have room of their own.
        var limit = kind is CommandKind.VoteYes or CommandKind.VoteNo ? QueuedPerFighter / 2 : QueuedPerFighter;
        if (waiting < limit) _queued.Add(new BattleCommand(kind, fighter));
    }

    private void Rerun(ReadOnlyMemory<byte> log)
    {
        var rerun = new BattleRerun(_world, log);
        while (rerun.Next(out var command))
        {
            if (command.Kind == CommandKind.Input) _gate.Note(command.Fighter, command.Input.Number, rerun.Tick);
        }

        if (rerun.Difference is { } tick) throw new InvalidDataException($"The log leads elsewhere at tick {tick}.");
    }
}
