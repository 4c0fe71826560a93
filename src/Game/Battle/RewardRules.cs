namespace GameBackend.Game;

/// <summary>Gives players what their battles have brought.</summary>
public static class RewardRules
{
    /// <summary>The cause of the change, and the reason in the ledger.</summary>
    public const string Reason = "battle.reward";

    /// <summary>Gives experience and as much of the rest as there is room for.</summary>
    /// <param name="rest">What did not fit; empty if all did.</param>
    /// <returns>PLAYER_MISSING, or the change.</returns>
    public static Decision Grant(
        PlayerState state, Catalogue catalogue, Act act, BattleSettlement settlement, out Value rest)
    {
        var left = rest = new Value();
        return PlayerDraft.Change(state, catalogue, act, Reason, draft =>
        {
            draft.Progress.Gain(settlement.Experience);
            foreach (var money in settlement.Money)
            {
                if (draft.Wallet.Book(money.Currency, money.Amount, Reason) != GameError.Ok)
                    left.Currencies.Add(new Balance { Currency = money.Currency, Amount = money.Amount });
            }

            foreach (var item in settlement.Items)
            {
                var fitted = catalogue.Items.TryGetValue(item.Item, out var definition)
                    ? draft.Bag.AddUpTo(definition, item.Count, bound: false)
                    : 0;
                if (fitted < item.Count) left.Items.Add(
                    new ItemStack { Item = item.Item, Count = item.Count - fitted });
            }

            return GameError.Ok;
        });
    }
}
