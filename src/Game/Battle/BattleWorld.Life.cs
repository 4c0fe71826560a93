namespace GameBackend.Game;

internal sealed partial class BattleWorld
{
    private const int AgainstSurrender = 2;
    private const int ForSurrender = 1;

    /// <summary>Puts a fighter at a place of its side, whole and ready.</summary>
    private void Spawn(Fighter fighter)
    {
        var spawns = Plan.Map.Spawns[fighter.Side];
        var among = 0;
        for (var i = 0; i < fighter.Index; i++)
        {
            if (Fighters[i].Side == fighter.Side) among++;
        }

        var spawn = spawns[among % spawns.Length];
        (fighter.X, fighter.Y) = (fighter.BeforeX, fighter.BeforeY) = (spawn.X, spawn.Y);
        (fighter.FaceX, fighter.FaceY) =
            ArenaGeometry.Scale((Plan.Map.WidthMm / 2) - spawn.X, (Plan.Map.HeightMm / 2) - spawn.Y, Unit);
        if (fighter.FaceX == 0 && fighter.FaceY == 0) fighter.FaceX = Unit;
        fighter.Health = fighter.MaxHealth;
        fighter.Alive = 1;
        fighter.RespawnAt = 0;
        fighter.LastHitBy = -1;
        fighter.DetourUntil = 0;
        (fighter.RoamX, fighter.RoamY) = (0, 0);
    }

    /// <summary>
    /// Deaths are judged when all of a tick's blows have fallen, so that two can slay each other, whoever has the lower
    /// number.
    /// </summary>
    private void Bury(Fighter fighter)
    {
        if (_tick > fighter.ShieldUntil) fighter.Shield = 0;
        if (!fighter.IsAlive || fighter.Health > 0) return;
        fighter.Deaths++;
        Fell(fighter);
        if (Plan.RespawnTicks > 0) fighter.RespawnAt = _tick + Plan.RespawnTicks;
        var slayer = Fighters[fighter.LastHitBy];
        slayer.Kills++;
        Gain(slayer, Plan.Tuning.KillScore);
        Events.Add(_tick, BattleEventKind.Kill, slayer.Index, fighter.Index, 0);
    }

    private void Fell(Fighter fighter)
    {
        fighter.Alive = 0;
        fighter.Health = 0;
        fighter.DiedAt = _tick;
        fighter.RespawnAt = 0;
        fighter.DashTicks = 0;
        (fighter.Shield, fighter.ShieldUntil, fighter.HasteUntil, fighter.SlowUntil) = (0, 0, 0, 0);
        (fighter.MoveX, fighter.MoveY, fighter.MoveUntil) = (0, 0, 0);
    }

    private void Revive(Fighter fighter)
    {
        if (fighter.IsAlive || fighter.RespawnAt == 0 || _tick < fighter.RespawnAt) return;
        Spawn(fighter);
        fighter.ProtectedUntil = _tick + Plan.ProtectTicks;
        Events.Add(_tick, BattleEventKind.Respawn, fighter.Index, fighter.Index, 0);
    }

    private void Gain(Fighter fighter, int score)
    {
        fighter.Score += score;
        _sides[fighter.Side].Score += score;
    }

    private void TakePickups()
    {
        for (var i = 0; i < _pickupReadyAt.Length; i++)
        {
            if (_tick < _pickupReadyAt[i]) continue;
            var pickup = Plan.Map.Pickups[i];
            if (Finder(pickup) is not { } finder) continue;
            _pickupReadyAt[i] = _tick + Plan.PickupTicks[i];
            finder.Pickups++;
            switch (pickup.Kind)
            {
                case PickupKind.Heal:
                    var healed = (int)((long)finder.MaxHealth * Plan.Tuning.HealPercent / 100);
                    finder.Health = Math.Min(finder.MaxHealth, finder.Health + healed);
                    break;
                case PickupKind.Haste:
                    finder.HasteUntil = _tick + Plan.HasteTicks;
                    break;
                case PickupKind.Orb:
                    Gain(finder, Plan.Tuning.OrbScore);
                    break;
            }

            Events.Add(_tick, BattleEventKind.Pickup, finder.Index, finder.Index, i);
        }
    }

    /// <summary>The nearest one that touches it; of two that are as near, the one with the lower number.</summary>
    private Fighter? Finder(PickupDefinition pickup)
    {
        Fighter? nearest = null;
        long reach = 2 * Plan.Tuning.FighterRadiusMm;
        var best = (reach * reach) + 1;
        foreach (var fighter in Fighters)
        {
            if (!fighter.IsAlive) continue;
            var distance = ArenaGeometry.SquaredDistance(fighter.X, fighter.Y, pickup.X, pickup.Y);
            if (distance >= best) continue;
            best = distance;
            nearest = fighter;
        }

        return nearest;
    }

    /// <summary>The first yes opens a vote, and it is open for a while.</summary>
    private void Vote(Fighter fighter, int vote)
    {
        var side = _sides[fighter.Side];
        if (fighter.Presence != (int)FighterPresence.Present || side.Surrendered) return;
        if (_tick < Plan.SurrenderAfterTicks) return;
        if (side.VoteUntil == 0)
        {
            if (vote != ForSurrender) return;
            side.VoteUntil = _tick + Plan.SurrenderVoteTicks;
        }

        fighter.Vote = vote;
    }

    private void JudgeVotes()
    {
        for (var i = 0; i < _sides.Length; i++)
        {
            var side = _sides[i];
            if (side.Surrendered) continue;
            var (players, present, yes, no) = (0, 0, 0, 0);
            foreach (var fighter in Fighters)
            {
                if (fighter.Side != i || fighter.PlayerId == 0) continue;
                players++;
                if (fighter.Presence != (int)FighterPresence.Left) present++;
                if (fighter.Presence != (int)FighterPresence.Present) continue;
                if (fighter.Vote == ForSurrender) yes++;
                if (fighter.Vote == AgainstSurrender) no++;
            }

            // A dropped player may come back, and counts; whoever left does not. If all have left, they have given up.
            if ((players > 0 && present == 0) || yes * 2 > present) Surrender(i);
            else if (side.VoteUntil > 0 && (_tick >= side.VoteUntil || no * 2 >= present)) CloseVote(i);
        }
    }

    private void Surrender(int index)
    {
        CloseVote(index);
        _sides[index].SurrenderedAt = _tick;
        Events.Add(_tick, BattleEventKind.Surrender, 0, 0, index);
        foreach (var fighter in Fighters)
        {
            if (fighter.Side != index) continue;
            if (fighter.IsAlive) Fell(fighter);
            fighter.RespawnAt = 0;
        }
    }

    private void CloseVote(int index)
    {
        _sides[index].VoteUntil = 0;
        foreach (var fighter in Fighters)
        {
            if (fighter.Side == index) fighter.Vote = 0;
        }
    }
}
