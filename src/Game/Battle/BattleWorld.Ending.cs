namespace GameBackend.Game;

internal sealed partial class BattleWorld
{
    /// <summary>Who has won, when, and what each has done.</summary>
    public BattleResult Result(ulong battleId)
    {
        var result = new BattleResult
        {
            BattleId = battleId,
            Mode = Plan.Mode.Id,
            Reason = EndReason,
            Ticks = (uint)_tick,
            StateHash = Hash(),
        };
        for (var i = 0; i < _sides.Length; i++)
        {
            result.Sides.Add(new SideResult
            {
                Rank = (uint)Rank(i),
                Score = (uint)_sides[i].Score,
                Surrendered = _sides[i].Surrendered,
            });
        }

        foreach (var fighter in Fighters) result.Fighters.Add(ResultOf(fighter));
        return result;
    }

    private static FighterResult ResultOf(Fighter fighter) => new()
    {
        PlayerId = fighter.PlayerId,
        Side = (uint)fighter.Side,
        Kills = (uint)fighter.Kills,
        Deaths = (uint)fighter.Deaths,
        Damage = (ulong)fighter.Damage,
        Mended = (ulong)fighter.Mended,
        Pickups = (uint)fighter.Pickups,
        Score = (uint)fighter.Score,
        Presence = (FighterPresence)fighter.Presence,
    };

    private void JudgeEnd()
    {
        foreach (var fighter in Fighters)
        {
            if (fighter.Presence == (int)FighterPresence.Present) _presentAt = _tick;
        }

        _endReason = (int)ReasonToEnd();
        if (_endReason == 0) return;
        Events.Add(_tick, BattleEventKind.End, 0, 0, _endReason);
    }

    private BattleEndReason ReasonToEnd()
    {
        var (sides, standing, fighting, surrendered) = (0, 0, 0, 0);
        for (var i = 0; i < _sides.Length; i++)
        {
            if (!Fields(i)) continue;
            sides++;
            if (_sides[i].Surrendered)
            {
                surrendered++;
                continue;
            }

            fighting++;
            if (Stands(i)) standing++;
            if (Plan.Mode.ScoreLimit > 0 && _sides[i].Score >= Plan.Mode.ScoreLimit) return BattleEndReason.Score;
        }

        if (surrendered > 0 && fighting <= 1) return BattleEndReason.Surrender;
        if (Plan.RespawnTicks == 0 && sides > 1 && standing <= 1) return BattleEndReason.LastStanding;
        if (_tick >= Plan.TimeLimitTicks) return BattleEndReason.Time;
        return HasPlayers() && _tick - _presentAt >= Plan.AbandonTicks
            ? BattleEndReason.Abandoned
            : BattleEndReason.None;
    }

    private bool HasPlayers()
    {
        foreach (var fighter in Fighters)
        {
            if (fighter.PlayerId != 0) return true;
        }

        return false;
    }

    private bool Fields(int side)
    {
        foreach (var fighter in Fighters)
        {
            if (fighter.Side == side) return true;
        }

        return false;
    }

    private bool Stands(int side)
    {
        foreach (var fighter in Fighters)
        {
            if (fighter.Side == side && fighter.IsAlive) return true;
        }

        return false;
    }

    /// <summary>One more than there are sides that did better; equal sides share a rank.</summary>
    private int Rank(int side)
    {
        var rank = 1;
        var own = Standing(side);
        for (var i = 0; i < _sides.Length; i++)
        {
            if (Standing(i).CompareTo(own) > 0) rank++;
        }

        return rank;
    }

    /// <summary>
    /// How well a side did, more being better. Whoever gave up comes last, the earlier the worse. Where the dead stay
    /// dead, the longer a side stood the better, then the more stand, then the more of their health is left; elsewhere
    /// the score counts.
    /// </summary>
    private (int Kept, int Stood, int Alive, int Points) Standing(int side)
    {
        var state = _sides[side];
        if (!Fields(side)) return (-1, 0, 0, 0);
        if (state.Surrendered) return (0, state.SurrenderedAt, 0, state.Score);
        if (Plan.RespawnTicks > 0) return (1, 0, 0, state.Score);
        var (alive, permille, fell) = (0, 0, 0);
        foreach (var fighter in Fighters)
        {
            if (fighter.Side != side) continue;
            if (!fighter.IsAlive)
            {
                fell = Math.Max(fell, fighter.DiedAt);
                continue;
            }

            alive++;
            permille += (int)((long)fighter.Health * 1000 / fighter.MaxHealth);
        }

        return alive > 0 ? (1, int.MaxValue, alive, permille) : (1, fell, 0, 0);
    }
}
