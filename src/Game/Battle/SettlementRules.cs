namespace GameBackend.Game;

/// <summary>
/// What a battle means for its players. It follows from the setup, the result and the ratings before alone, so whoever
/// works it out again comes to the same, drops included.
/// </summary>
public static class SettlementRules
{
    /// <summary>A settlement for each player; bots get none.</summary>
    /// <param name="ratings">Of the mode, from before the battle; players without one are unrated.</param>
    public static IReadOnlyList<BattleSettlement> Settle(
        ModeDefinition mode,
        BattleSetup setup,
        BattleResult result,
        IReadOnlyDictionary<ulong, Rating> ratings,
        long endedAtMs)
    {
        var settlements = new List<BattleSettlement>();
        var after = mode.Rated ? Rate(result, ratings) : null;
        foreach (var fighter in result.Fighters)
        {
            if (fighter.PlayerId == 0) continue;
            var settlement = Settlement(setup, result, fighter, OutcomeOf(result, fighter), endedAtMs);
            Reward(mode.Rewards, setup.Seed, settlement);
            if (after is not null)
            {
                settlement.RatingBefore = Record(ratings.GetValueOrDefault(fighter.PlayerId, Rating.Unrated));
                settlement.RatingAfter = Record(after[fighter.PlayerId]);
            }

            settlements.Add(settlement);
        }

        return settlements;
    }

    /// <summary>
    /// The result of a battle that cannot be gone on with, since what is saved of it does not fit together or was
    /// written by another simulation than this one.
    /// </summary>
    public static BattleResult VoidResult(BattleSetup setup)
    {
        var result = new BattleResult
        {
            BattleId = setup.BattleId,
            Mode = setup.Mode,
            Reason = BattleEndReason.Voided,
        };
        for (var side = 0; side <= setup.Seats.Max(seat => seat.Side); side++)
            result.Sides.Add(new SideResult { Rank = 1 });
        foreach (var seat in setup.Seats)
            result.Fighters.Add(new FighterResult { PlayerId = seat.PlayerId, Side = seat.Side });
        return result;
    }

    /// <summary>Settlements of a voided battle: it is over for its players, and nothing else.</summary>
    public static IReadOnlyList<BattleSettlement> Void(BattleSetup setup, BattleResult result, long endedAtMs) =>
        [.. result.Fighters.Where(fighter => fighter.PlayerId != 0)
            .Select(fighter => Settlement(setup, result, fighter, BattleOutcome.None, endedAtMs))];

    public static Gains GainsOf(BattleSettlement settlement) => new()
    {
        Experience = settlement.Experience,
        Currencies = [.. settlement.Money.Select(money => new Money(money.Currency, money.Amount))],
        Items = [.. settlement.Items.Select(item => new ItemCount(item.Item, item.Count))],
    };

    /// <summary>
    /// Bots stand for players of their side's strength, so they are left out of it. Who has left is rated as if the own
    /// side had come last; for all others it ended as it did.
    /// </summary>
    private static Dictionary<ulong, Rating> Rate(BattleResult result, IReadOnlyDictionary<ulong, Rating> ratings)
    {
        var players = result.Fighters.Where(fighter => fighter.PlayerId != 0)
            .Select(fighter => new RatedPlayer(
                fighter.PlayerId,
                (int)fighter.Side,
                ratings.GetValueOrDefault(fighter.PlayerId, Rating.Unrated)))
            .ToArray();
        int[] ranks = [.. result.Sides.Select(side => (int)side.Rank)];
        var after = players.Zip(RatingRules.After(players, ranks))
            .ToDictionary(pair => pair.First.PlayerId, pair => pair.Second);
        foreach (var left in result.Fighters.Where(each => each.Presence == FighterPresence.Left && each.PlayerId != 0))
        {
            int[] defeated = [.. ranks];
            defeated[left.Side] = ranks.Max() + 1;
            var index = Array.FindIndex(players, player => player.PlayerId == left.PlayerId);
            after[left.PlayerId] = RatingRules.After(players, defeated)[index];
        }

        return after;
    }

    private static BattleSettlement Settlement(
        BattleSetup setup, BattleResult result, FighterResult fighter, BattleOutcome outcome, long endedAtMs) => new()
        {
            BattleId = setup.BattleId,
            PlayerId = fighter.PlayerId,
            Mode = setup.Mode,
            Outcome = outcome,
            Result = result.Clone(),
            EndedAtMs = endedAtMs,
        };

    private static BattleOutcome OutcomeOf(BattleResult result, FighterResult fighter)
    {
        if (fighter.Presence == FighterPresence.Left) return BattleOutcome.Left;
        if (result.Sides[(int)fighter.Side].Rank != 1) return BattleOutcome.Loss;
        return result.Sides.Count(side => side.Rank == 1) == 1 ? BattleOutcome.Win : BattleOutcome.Draw;
    }

    private static void Reward(ModeRewards rewards, ulong seed, BattleSettlement settlement)
    {
        var gains = settlement.Outcome switch
        {
            BattleOutcome.Win => rewards.Win,
            BattleOutcome.Draw => rewards.Draw,
            BattleOutcome.Loss => rewards.Loss,
            _ => null,
        };
        if (gains is null) return;
        settlement.Experience = gains.Experience;
        foreach (var (currency, amount) in gains.Currencies)
            settlement.Money.Add(new RewardedMoney { Currency = currency, Amount = amount });
        foreach (var (item, count, _) in gains.Items) Add(settlement, item, count);
        for (var i = 0; i < rewards.Drops.Length; i++)
        {
            var (item, permille) = rewards.Drops[i];
            var likely = settlement.Outcome == BattleOutcome.Win ? permille : permille / 2;
            if (Luck(seed, settlement.PlayerId, i) < likely) Add(settlement, item, 1);
        }
    }

    private static void Add(BattleSettlement settlement, string item, uint count) =>
        settlement.Items.Add(new RewardedItem { Item = item, Count = count });

    /// <summary>0 to 999, of the battle's seed, the player and the drop.</summary>
    private static int Luck(ulong seed, ulong player, int drop)
    {
        var hash = new StateHash();
        hash.Add((long)seed);
        hash.Add((long)player);
        hash.Add(drop);
        return (int)(hash.Value % 1000);
    }

    private static RatingRecord Record(Rating rating) =>
        new() { Value = rating.Value, Deviation = rating.Deviation, Volatility = rating.Volatility };
}
