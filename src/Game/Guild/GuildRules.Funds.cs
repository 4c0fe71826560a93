namespace GameBackend.Game;

/// <summary>What members give, and what they buy for it.</summary>
public static partial class GuildRules
{
    /// <summary>Former members whose purchases of the day are kept.</summary>
    public const int FormerKept = 200;

    private const long DayMs = 24 * 60 * 60 * 1000;

    /// <summary>Whether an amount is one that guilds take.</summary>
    public static GameError ValidateDonation(GuildDefinition guild, string currency, long amount) =>
        amount > 0 && guild.Donations.TryGetValue(currency, out var gift) && amount % gift.Unit == 0
            ? GameError.Ok
            : GameError.InvalidArgument;

    /// <summary>Takes a gift, and rises by as many levels as the funds pay for.</summary>
    /// <returns>GUILD_NOT_FOUND, NOT_IN_GUILD, INVALID_ARGUMENT, BALANCE_LIMIT, or the change.</returns>
    public static GuildDecision Donate(
        GuildState state, GuildDefinition guild, GuildAct act, string currency, long amount, out long points)
    {
        points = 0;
        var error = RefuseStranger(state, act);
        if (error == GameError.Ok) error = ValidateDonation(guild, currency, amount);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        var gift = guild.Donations[currency];
        var funds = (Int128)(amount / gift.Unit) * gift.Funds;
        var earned = (Int128)(amount / gift.Unit) * gift.Points;
        var member = Member(state, act.Player)!;
        if (state.Given + funds > CatalogueBuilder.AmountLimit
            || member.Contribution + earned > CatalogueBuilder.AmountLimit)
            return GuildDecision.Refused(GameError.BalanceLimit);

        points = (long)earned;
        state.Given += (long)funds;
        state.Funds += (long)funds;
        Count(state, currency, amount);
        member.Points += points;
        member.Contribution += points;
        var draft = new GuildDraft(state, guild, act);
        draft.Changed(member);
        draft.FundsChanged();
        draft.Log(GuildEvent.Donated, detail: currency, amount: amount);
        Rise(state, guild, draft);
        return draft.Done();
    }

    /// <summary>Buys for points. What is bought is owed to the player from then on.</summary>
    public static GuildDecision Buy(GuildState state, GuildDefinition guild, GuildAct act, string offer, uint count)
    {
        var error = RefuseStranger(state, act);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        if (count is 0 or > MostBoughtAtOnce) return GuildDecision.Refused(GameError.InvalidArgument);
        if (!guild.Shop.TryGetValue(offer, out var goods)) return GuildDecision.Refused(GameError.GuildOfferUnknown);
        if (state.Level < goods.Level) return GuildDecision.Refused(GameError.GuildLevelTooLow);
        var member = Member(state, act.Player)!;
        if (goods.DailyLimit > 0 && BoughtToday(member, offer, act.NowMs) + count > goods.DailyLimit)
            return GuildDecision.Refused(GameError.GuildOfferSoldOut);
        var cost = (Int128)goods.Points * count;
        if (member.Points < cost) return GuildDecision.Refused(GameError.GuildPointsMissing);

        member.Points -= (long)cost;
        if (goods.DailyLimit > 0) CountPurchase(member, offer, count, act.NowMs);
        GuildDuties.Owe(state, new GuildDuty { Player = act.Player, Value = Times(goods.Gains, count) });
        var draft = new GuildDraft(state, guild, act);
        draft.Changed(member);
        draft.Log(GuildEvent.Bought, detail: offer, amount: count);
        return draft.Done();
    }

    public static uint BoughtToday(GuildMemberState member, string offer, long nowMs) =>
        member.Bought.FirstOrDefault(each => each.Offer == offer && each.Day == nowMs / DayMs)?.Count ?? 0;

    /// <summary>
    /// Who leaves and comes back has bought for today what was bought before. Of very many who leave in a day the last
    /// are remembered.
    /// </summary>
    internal static void KeepPurchases(GuildState state, GuildMemberState leaving, long nowMs)
    {
        var today = nowMs / DayMs;
        GuildLists.Remove(state.Former, former => former.Bought.All(each => each.Day != today));
        var bought = leaving.Bought.Where(each => each.Day == today).ToArray();
        if (bought.Length == 0) return;
        state.Former.Add(new GuildFormerMember { Player = leaving.Player, Bought = { bought } });
        while (state.Former.Count > FormerKept) state.Former.RemoveAt(0);
    }

    internal static void RecallPurchases(GuildState state, GuildMemberState joining)
    {
        if (state.Former.FirstOrDefault(each => each.Player == joining.Player) is not { } former) return;
        joining.Bought.Add(former.Bought);
        state.Former.Remove(former);
    }

    /// <summary>Gains as value, several times over.</summary>
    public static Value Times(Gains gains, uint count) => new()
    {
        Currencies =
        {
            gains.Currencies.GroupBy(money => money.Currency).Select(group => new Balance
            {
                Currency = group.Key,
                Amount = group.Sum(money => Amounts.Times(money.Amount, count)),
            }),
        },
        Items =
        {
            gains.Items.Select(item => new ItemStack
            {
                Item = item.Item,
                Count = item.Count * count,
                Bound = item.Bound,
            }),
        },
    };

    private static void Rise(GuildState state, GuildDefinition guild, GuildDraft draft)
    {
        while (state.Level < guild.Levels.Length && state.Funds >= guild.Level(state.Level + 1).Cost)
        {
            state.Level++;
            var cost = guild.Level(state.Level).Cost;
            state.Funds -= cost;
            state.Spent += cost;
            draft.Log(GuildEvent.Level, amount: state.Level);
        }
    }

    private static void Count(GuildState state, string currency, long amount)
    {
        var index = 0;
        while (index < state.Donated.Count
            && string.CompareOrdinal(state.Donated[index].Currency, currency) < 0) index++;
        if (index == state.Donated.Count || state.Donated[index].Currency != currency)
            state.Donated.Insert(index, new Balance { Currency = currency });
        state.Donated[index].Amount += amount;
    }

    private static void CountPurchase(GuildMemberState member, string offer, uint count, long nowMs)
    {
        var bought = BoughtToday(member, offer, nowMs) + count;
        GuildLists.Remove(member.Bought, each => each.Offer == offer || each.Day != nowMs / DayMs);
        member.Bought.Add(new GuildPurchase { Offer = offer, Day = nowMs / DayMs, Count = bought });
    }
}
