namespace GameBackend.Game;

/// <summary>
/// A guild. What always holds: exactly one leader, never more members than the level's cap, and funds that are what was
/// given less what was spent. That a player is in one guild is for the membership to hold: who joins is noted first,
/// then claimed there, and is a member only with the claim in hand.
/// </summary>
public static partial class GuildRules
{
    /// <summary>Entries of the log that are kept.</summary>
    public const int LogKept = 200;

    public const uint MostBoughtAtOnce = 99;

    /// <summary>In characters (UTF-16 code units).</summary>
    public const int TextLimit = 500;

    /// <summary>In characters (UTF-16 code units).</summary>
    public const int EmblemLimit = 64;

    /// <summary>Whether there is a guild: founded, and not disbanded.</summary>
    public static bool Exists(GuildState state) => state is { Version: > 0, DisbandedAtMs: 0 };

    public static GuildMemberState? Member(GuildState state, long player) =>
        state.Members.FirstOrDefault(member => member.Player == player);

    public static GuildMemberState Leader(GuildState state) =>
        state.Members.First(member => member.Rank == GuildRank.Leader);

    public static bool May(GuildState state, long player, GuildPermission permission) =>
        Member(state, player) is { } member
        && (member.Rank == GuildRank.Leader || state.Rights.Any(
            rights => rights.Rank == member.Rank && rights.Permissions.Contains(permission)));

    /// <summary>What can be told of a founding before anything is taken for it.</summary>
    /// <returns>GUILD_NAME_INVALID, GUILD_TAG_INVALID, TEXT_TOO_LONG, INVALID_ARGUMENT or OK.</returns>
    public static GameError Validate(GuildFounding founding)
    {
        var error = GuildNames.Validate(founding.Name, founding.Tag);
        if (error != GameError.Ok) return error;
        return Enum.IsDefined(founding.JoinMode)
            ? TextRules.Check(founding.Emblem, EmblemLimit)
            : GameError.InvalidArgument;
    }

    /// <summary>Founds a guild for a player who has been claimed for it, under names that have been taken.</summary>
    public static GuildDecision Found(GuildState state, GuildDefinition guild, GuildAct act, long id,
        GuildFounding wish)
    {
        state.Id = id;
        state.FoundedAtMs = act.NowMs;
        state.Level = 1;
        state.LeaderName = act.Name;
        state.Rights.Add(guild.Rights.Select(rights => rights.Clone()));
        var draft = new GuildDraft(state, guild, act);
        draft.Profile(new GuildProfile
        {
            Name = wish.Name,
            Tag = wish.Tag,
            Emblem = wish.Emblem,
            JoinMode = wish.JoinMode == GuildJoinMode.Unspecified ? GuildJoinMode.Invitation : wish.JoinMode,
        });
        draft.Add(NewMember(act.Player, act.Name, act.Level, GuildRank.Leader, act.NowMs));
        draft.FundsChanged();
        draft.Log(GuildEvent.Founded);
        return draft.Done();
    }

    /// <returns>GUILD_NOT_FOUND, NOT_IN_GUILD, GUILD_FORBIDDEN, or the change.</returns>
    public static GuildDecision Disband(GuildState state, GuildDefinition guild, GuildAct act)
    {
        var error = RefuseAllBut(state, act, GuildRank.Leader);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        var draft = new GuildDraft(state, guild, act);
        foreach (var member in state.Members)
        {
            draft.Release(member.Player);
            if (member.Player != act.Player) draft.Turn(member.Player, GuildTurn.Disbanded);
        }

        foreach (var joining in state.Joining) draft.Release(joining.Player);
        foreach (var wish in state.Requests) draft.Turn(wish.Player, GuildTurn.Rejected);
        foreach (var wish in state.Invitations) Uninvite(state, wish.Player);
        var (name, tag) = GuildNames.Keys(state.Profile.Name, state.Profile.Tag);
        foreach (var key in name.Concat(tag)) GuildDuties.Owe(state, new GuildDuty { Name = key });
        state.Spent += state.Funds;
        state.Funds = 0;
        state.DisbandedAtMs = act.NowMs;
        state.Version++;
        state.Members.Clear();
        state.Joining.Clear();
        state.Requests.Clear();
        state.Invitations.Clear();
        state.Bans.Clear();
        state.Former.Clear();
        state.Rights.Clear();
        state.Log.Clear();
        return new GuildDecision(GameError.Ok);
    }

    /// <returns>
    /// GUILD_NOT_FOUND, NOT_IN_GUILD, GUILD_FORBIDDEN, TEXT_TOO_LONG, INVALID_ARGUMENT, or the change.
    /// </returns>
    public static GuildDecision Configure(
        GuildState state, GuildDefinition guild, GuildAct act, ConfigureGuildRequest wish)
    {
        var error = RefuseStranger(state, act);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        var texts = wish.HasMessageOfTheDay || wish.HasNotice;
        var profile = wish.HasEmblem || wish.HasJoinMode || wish.HasMinLevel;
        if ((texts && !May(state, act.Player, GuildPermission.Texts))
            || (profile && !May(state, act.Player, GuildPermission.Profile)))
            return GuildDecision.Refused(GameError.GuildForbidden);
        if ((!texts && !profile)
            || (wish.HasJoinMode && (wish.JoinMode == GuildJoinMode.Unspecified || !Enum.IsDefined(wish.JoinMode))))
            return GuildDecision.Refused(GameError.InvalidArgument);
        foreach (var (text, limit, lines) in (ReadOnlySpan<(string, int, bool)>)
            [
                (wish.MessageOfTheDay, TextLimit, true),
                (wish.Notice, TextLimit, true),
                (wish.Emblem, EmblemLimit, false),
            ])
        {
            error = TextRules.Check(text, limit, lines);
            if (error != GameError.Ok) return GuildDecision.Refused(error);
        }

        var next = state.Profile.Clone();
        if (wish.HasMessageOfTheDay) next.MessageOfTheDay = wish.MessageOfTheDay;
        if (wish.HasNotice) next.Notice = wish.Notice;
        if (wish.HasEmblem) next.Emblem = wish.Emblem;
        if (wish.HasJoinMode) next.JoinMode = wish.JoinMode;
        if (wish.HasMinLevel) next.MinLevel = wish.MinLevel;
        var draft = new GuildDraft(state, guild, act);
        draft.Profile(next);
        draft.Log(GuildEvent.Configured);
        return draft.Done();
    }

    /// <summary>A member has been seen under another name or level. OK without a change if not.</summary>
    public static GuildDecision Meet(GuildState state, GuildDefinition guild, GuildAct act)
    {
        if (!Exists(state) || Member(state, act.Player) is not { } member
            || (member.Name == act.Name && member.Level == act.Level))
            return new GuildDecision(GameError.Ok);
        (member.Name, member.Level) = (act.Name, act.Level);
        if (member.Rank == GuildRank.Leader) state.LeaderName = act.Name;
        var draft = new GuildDraft(state, guild, act);
        draft.Changed(member);
        return draft.Done();
    }

    private static GuildMemberState NewMember(long player, string name, uint level, GuildRank rank, long nowMs) => new()
    {
        Player = player,
        Name = name,
        Level = level,
        Rank = rank,
        JoinedAtMs = nowMs,
    };

    private static GameError RefuseStranger(GuildState state, GuildAct act) =>
        !Exists(state) ? GameError.GuildNotFound
        : Member(state, act.Player) is null ? GameError.NotInGuild
        : GameError.Ok;

    private static GameError RefuseAllBut(GuildState state, GuildAct act, GuildRank rank)
    {
        var error = RefuseStranger(state, act);
        return error != GameError.Ok ? error
            : Member(state, act.Player)!.Rank == rank ? GameError.Ok
            : GameError.GuildForbidden;
    }

    private static GameError RefuseWithout(GuildState state, GuildAct act, GuildPermission permission)
    {
        var error = RefuseStranger(state, act);
        return error != GameError.Ok ? error
            : May(state, act.Player, permission) ? GameError.Ok
            : GameError.GuildForbidden;
    }

    private static void Uninvite(GuildState state, long player) =>
        GuildDuties.Owe(state, new GuildDuty { Player = player, Uninvited = true });
}
