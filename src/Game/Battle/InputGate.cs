namespace GameBackend.Game;

/// <summary>
/// Lets inputs in that a player may send, and keeps them until their tick. What it refuses never reaches the
/// simulation, and the player is told. An input has to come before its tick and not long before it, with a number and a
/// tick beyond those of the one before: that bounds how many can be kept, and nobody acts twice in a tick.
/// </summary>
internal sealed class InputGate
{
    /// <summary>How many ticks ahead an input may be.</summary>
    public const int AheadTicks = 16;

    public const int AimLimitMm = ArenaBuilder.RangeLimitMm;
    private const int TargetLimit = 255;

    private readonly Lane[] _lanes;

    public InputGate(int fighters)
    {
        _lanes = new Lane[fighters];
        for (var i = 0; i < fighters; i++) _lanes[i] = new Lane();
    }

    /// <param name="tick">The last tick that was made.</param>
    public InputRefusal Submit(int fighter, BattleInput input, int tick)
    {
        var lane = _lanes[fighter];
        var refusal = Judge(lane, input, tick, out var forTick);
        if (refusal != InputRefusal.None)
        {
            Refuse(fighter, input.Number, refusal);
            return refusal;
        }

        lane.Number = (int)input.Number;
        lane.Tick = forTick;
        lane.Pending[forTick % AheadTicks] = new FighterInput(
            (int)input.Number, input.MoveX, input.MoveY, input.Action, input.AimX, input.AimY, (int)input.Target);
        lane.PendingTick[forTick % AheadTicks] = forTick;
        return InputRefusal.None;
    }

    public void Refuse(int fighter, uint number, InputRefusal why)
    {
        var lane = _lanes[fighter];
        lane.RefusedCount++;
        lane.RefusedInput = (int)Math.Min(number, int.MaxValue);
        lane.RefusedWhy = (int)why;
    }

    /// <summary>The input for a tick, if there is one. It is kept no longer.</summary>
    public bool Take(int fighter, int tick, out FighterInput input)
    {
        var lane = _lanes[fighter];
        input = lane.Pending[tick % AheadTicks];
        if (lane.PendingTick[tick % AheadTicks] != tick) return false;
        lane.PendingTick[tick % AheadTicks] = 0;
        return true;
    }

    public (int Count, int Input, InputRefusal Why) Refused(int fighter)
    {
        var lane = _lanes[fighter];
        return (lane.RefusedCount, lane.RefusedInput, (InputRefusal)lane.RefusedWhy);
    }

    /// <summary>Takes notice of an input that was let in before this gate was there.</summary>
    public void Note(int fighter, int number, int tick)
    {
        var lane = _lanes[fighter];
        lane.Number = Math.Max(lane.Number, number);
        lane.Tick = Math.Max(lane.Tick, tick);
    }

    public void Visit<T>(ref T visitor)
        where T : struct, IStateVisitor
    {
        foreach (var lane in _lanes) lane.Visit(ref visitor);
    }

    private static InputRefusal Judge(Lane lane, BattleInput input, int tick, out int forTick)
    {
        forTick = 0;
        if (!InRange(input)) return InputRefusal.Range;
        if (input.Number <= lane.Number) return InputRefusal.Number;
        if (input.Tick != 0 && input.Tick <= (uint)tick) return InputRefusal.Late;
        if (input.Tick > (uint)(tick + AheadTicks)) return InputRefusal.Early;
        var next = Math.Max(tick, lane.Tick) + 1;
        forTick = input.Tick == 0 ? next : (int)input.Tick;
        return forTick < next || forTick > tick + AheadTicks ? InputRefusal.Rate : InputRefusal.None;
    }

    private static bool InRange(BattleInput input) =>
        input.Number is >= 1 and <= int.MaxValue
        && input.MoveX is >= -BattleWorld.Unit and <= BattleWorld.Unit
        && input.MoveY is >= -BattleWorld.Unit and <= BattleWorld.Unit
        && input.AimX is >= -AimLimitMm and <= AimLimitMm
        && input.AimY is >= -AimLimitMm and <= AimLimitMm
        && input.Action is >= BattleAction.None and <= BattleAction.Skill4
        && input.Target <= TargetLimit;

    /// <summary>The inputs of one fighter.</summary>
    private sealed class Lane
    {
        public readonly FighterInput[] Pending = new FighterInput[AheadTicks];
        public readonly int[] PendingTick = new int[AheadTicks];
        public int Number;
        public int Tick;
        public int RefusedCount;
        public int RefusedInput;
        public int RefusedWhy;

        public void Visit<T>(ref T visitor)
            where T : struct, IStateVisitor
        {
            visitor.Visit(ref Number);
            visitor.Visit(ref Tick);
            visitor.Visit(ref RefusedCount);
            visitor.Visit(ref RefusedInput);
            visitor.Visit(ref RefusedWhy);
            for (var i = 0; i < AheadTicks; i++)
            {
                visitor.Visit(ref PendingTick[i]);
                if (PendingTick[i] == 0) continue;
                var (number, moveX, moveY, action, aimX, aimY, target) = Pending[i];
                var code = (int)action;
                visitor.Visit(ref number);
                visitor.Visit(ref moveX);
                visitor.Visit(ref moveY);
                visitor.Visit(ref code);
                visitor.Visit(ref aimX);
                visitor.Visit(ref aimY);
                visitor.Visit(ref target);
                Pending[i] = new FighterInput(number, moveX, moveY, (BattleAction)code, aimX, aimY, target);
            }
        }
    }
}
