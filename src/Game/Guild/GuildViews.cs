namespace GameBackend.Game;

/// <summary>What is shown of a guild. Shares nothing with its state.</summary>
public static class GuildViews
{
    /// <param name="presence">Sets the status of each member.</param>
    public static GuildView Whole(GuildState state, GuildDefinition guild, long nowMs, Action<GuildMember> presence)
    {
        var view = new GuildView
        {
            GuildId = (ulong)state.Id,
            Version = state.Version,
            Profile = state.Profile.Clone(),
            Funds = Funds(state, guild),
            Rights = { state.Rights.Select(rights => rights.Clone()) },
            Requests = OpenRequests(state, nowMs),
            FoundedAtMs = state.FoundedAtMs,
        };
        foreach (var member in state.Members)
        {
            var shown = Member(member);
            presence(shown);
            view.Members.Add(shown);
        }

        return view;
    }

    public static GuildSummary Summary(GuildState state, GuildDefinition guild) => new()
    {
        GuildId = (ulong)state.Id,
        Name = state.Profile.Name,
        Tag = state.Profile.Tag,
        Emblem = state.Profile.Emblem,
        Level = state.Level,
        Members = (uint)state.Members.Count,
        Cap = guild.Level(state.Level).Cap,
        JoinMode = state.Profile.JoinMode,
        MinLevel = state.Profile.MinLevel,
        Notice = state.Profile.Notice,
        LeaderName = state.LeaderName,
        FoundedAtMs = state.FoundedAtMs,
        DisbandedAtMs = state.DisbandedAtMs,
        Donated = { state.Donated.Select(balance => balance.Clone()) },
    };

    public static GuildFunds Funds(GuildState state, GuildDefinition guild) => new()
    {
        Level = state.Level,
        Cap = guild.Level(state.Level).Cap,
        Funds = state.Funds,
        Given = state.Given,
        Spent = state.Spent,
        NextLevelCost = state.Level < guild.Levels.Length ? guild.Level(state.Level + 1).Cost : 0,
        Donated = { state.Donated.Select(balance => balance.Clone()) },
    };

    public static GuildMember Member(GuildMemberState member) => new()
    {
        PlayerId = (ulong)member.Player,
        Name = member.Name,
        Level = member.Level,
        Rank = member.Rank,
        JoinedAtMs = member.JoinedAtMs,
        Points = member.Points,
        Contribution = member.Contribution,
    };

    public static uint OpenRequests(GuildState state, long nowMs) =>
        (uint)state.Requests.Count(wish => GuildLists.IsOpen(wish, nowMs));

    /// <returns>NOT_IN_GUILD, GUILD_FORBIDDEN, or OK with the lists.</returns>
    public static GameError Applications(GuildState state, long player, long nowMs, out GuildApplications applications)
    {
        applications = new GuildApplications
        {
            Requests = { Open(state.Requests) },
            Invitations = { Open(state.Invitations) },
        };
        return GuildRules.May(state, player, GuildPermission.Admit)
            || GuildRules.May(state, player, GuildPermission.Invite)
            ? GameError.Ok
            : Stranger(state, player);

        IEnumerable<GuildApplication> Open(IEnumerable<GuildWish> wishes) => wishes
            .Where(wish => GuildLists.IsOpen(wish, nowMs))
            .Select(wish => new GuildApplication
            {
                PlayerId = (ulong)wish.Player,
                Name = wish.Name,
                Level = wish.Level,
                AtMs = wish.AtMs,
                ExpiresAtMs = wish.ExpiresAtMs,
                ByName = wish.ByName,
            });
    }

    /// <returns>NOT_IN_GUILD, GUILD_FORBIDDEN, or OK with the list.</returns>
    public static GameError Bans(GuildState state, long player, out GuildBans bans)
    {
        bans = new GuildBans
        {
            Bans =
            {
                state.Bans.Select(ban => new GuildBan
                {
                    PlayerId = (ulong)ban.Player,
                    Name = ban.Name,
                    ByName = ban.ByName,
                    AtMs = ban.AtMs,
                }),
            },
        };
        return GuildRules.May(state, player, GuildPermission.Ban) ? GameError.Ok : Stranger(state, player);
    }

    /// <returns>NOT_IN_GUILD, PAGE_INVALID, or OK with a page of the log, newest first.</returns>
    public static GameError Log(GuildState state, long player, ReadGuildLogRequest request, out ReadGuildLogReply page)
    {
        page = new ReadGuildLogReply();
        if (GuildRules.Member(state, player) is null) return GameError.NotInGuild;
        if (request.Count > 100) return GameError.PageInvalid;
        var count = request.Count == 0 ? 50 : (int)request.Count;
        var before = request.BeforeSeq == 0 ? ulong.MaxValue : request.BeforeSeq;
        var entries = state.Log.Where(entry => entry.Seq < before).ToList();
        page.Entries.Add(entries.TakeLast(count).Reverse().Select(entry => entry.Clone()));
        if (entries.Count > count) page.NextBeforeSeq = page.Entries[^1].Seq;
        return GameError.Ok;
    }

    /// <returns>NOT_IN_GUILD, or OK with the offers, in the order of their ids.</returns>
    public static GameError Shop(GuildState state, GuildDefinition guild, long player, long nowMs, out GuildShop shop)
    {
        shop = new GuildShop();
        if (GuildRules.Member(state, player) is not { } member) return GameError.NotInGuild;
        shop.Points = member.Points;
        shop.Offers.Add(guild.Shop.Values.OrderBy(goods => goods.Id, StringComparer.Ordinal)
            .Select(goods => new GuildOffer
            {
                Offer = goods.Id,
                Value = GuildRules.Times(goods.Gains, 1),
                Points = goods.Points,
                Level = goods.Level,
                DailyLimit = goods.DailyLimit,
                BoughtToday = GuildRules.BoughtToday(member, goods.Id, nowMs),
            }));
        return GameError.Ok;
    }

    private static GameError Stranger(GuildState state, long player) =>
        GuildRules.Member(state, player) is null ? GameError.NotInGuild : GameError.GuildForbidden;
}
