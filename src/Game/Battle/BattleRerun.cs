using System.Runtime.InteropServices;

namespace GameBackend.Game;

/// <summary>Makes the steps that a log tells of, and compares the state with the hashes in it.</summary>
internal sealed class BattleRerun(BattleWorld world, ReadOnlyMemory<byte> log)
{
    private readonly ByteReader _reader = new(log);
    private readonly List<BattleCommand> _commands = [];
    private int _mark = world.Tick;
    private int _commandsTick;

    /// <summary>Of the command that was read last.</summary>
    public int Tick => _mark;

    /// <summary>The first tick whose state is not the one that the log tells of.</summary>
    public int? Difference { get; private set; }

    /// <summary>Reads one record, and makes the steps before it.</summary>
    /// <exception cref="InvalidDataException">The bytes are no log of this battle.</exception>
    public bool Next(out BattleCommand command)
    {
        command = default;
        if (Difference is not null) return false;
        if (BattleLog.Read(_reader, ref _mark, out var hash) is not { } read)
        {
            StepTo(_commandsTick);
            return false;
        }

        command = read;
        switch (read.Kind)
        {
            case CommandKind.Hash:
                StepTo(_mark);
                if (world.Tick != _mark || world.Hash() != hash) Difference = _mark;
                break;
            case CommandKind.Through:
                StepTo(_mark);
                break;
            default:
                if (_mark <= world.Tick || read.Fighter >= world.Fighters.Length)
                    throw new InvalidDataException($"A command for tick {_mark} and fighter {read.Fighter}.");
                if (_commandsTick != _mark) StepTo(_mark - 1);
                _commandsTick = _mark;
                _commands.Add(read);
                break;
        }

        return true;
    }

    /// <summary>Ends, whatever a damaged log says: every battle is over when its time is up.</summary>
    private void StepTo(int tick)
    {
        while (world.Tick < tick && !world.Ended)
        {
            var due = world.Tick + 1 == _commandsTick;
            world.Step(due ? CollectionsMarshal.AsSpan(_commands) : default);
            if (due) _commands.Clear();
        }
    }
}

/// <summary>What running a replay again has shown.</summary>
/// <param name="Why">What is wrong; empty if nothing is.</param>
/// <param name="Result">Of the battle that was run again.</param>
public sealed record ReplayVerdict(string Why, BattleResult? Result)
{
    public bool Ok => Why.Length == 0;
}

/// <summary>Runs a battle again from its setup and its log.</summary>
public static class ReplayVerifier
{
    public static ReplayVerdict Verify(Catalogue catalogue, BattleReplay replay)
    {
        try
        {
            if (BattleRoom.RulesHash(catalogue, replay.Setup) != replay.Setup.RulesHash)
                return new ReplayVerdict("It was fought by other rules.", null);
            var world = new BattleWorld(catalogue, replay.Setup);
            var rerun = new BattleRerun(world, replay.Log.Memory);
            while (rerun.Next(out _))
            {
            }

            if (rerun.Difference is { } tick) return new ReplayVerdict($"The state differs at tick {tick}.", null);
            if (world.Tick != replay.Ticks) return new ReplayVerdict($"It ends at tick {world.Tick}.", null);
            return world.Hash() == replay.FinalHash
                ? new ReplayVerdict("", world.Result(replay.Setup.BattleId))
                : new ReplayVerdict("The state differs at the end.", null);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            return new ReplayVerdict(e.Message, null);
        }
    }
}
