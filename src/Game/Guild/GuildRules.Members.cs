namespace GameBackend.Game;

/// <summary>Ranks, and how members go.</summary>
public static partial class GuildRules
{
    public static GuildDecision Leave(GuildState state, GuildDefinition guild, GuildAct act)
    {
        var error = RefuseStranger(state, act);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        var member = Member(state, act.Player)!;
        if (member.Rank == GuildRank.Leader) return GuildDecision.Refused(GameError.GuildLeaderMustStay);
        var draft = new GuildDraft(state, guild, act);
        draft.Remove(member);
        draft.Log(GuildEvent.Left);
        return draft.Done();
    }

    public static GuildDecision Kick(GuildState state, GuildDefinition guild, GuildAct act, long player)
    {
        var error = RefuseWithout(state, act, GuildPermission.Kick);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        if (Member(state, player) is not { } member) return GuildDecision.Refused(GameError.GuildMemberNotFound);
        if (!IsBelow(state, act, member)) return GuildDecision.Refused(GameError.GuildForbidden);
        var draft = new GuildDraft(state, guild, act);
        draft.Remove(member);
        draft.Turn(player, GuildTurn.Kicked);
        draft.Log(GuildEvent.Kicked, player, member.Name);
        return draft.Done();
    }

    /// <param name="name">Of the player, who need not be a member.</param>
    public static GuildDecision Ban(GuildState state, GuildDefinition guild, GuildAct act, long player, string name)
    {
        var error = RefuseWithout(state, act, GuildPermission.Ban);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        var member = Member(state, player);
        if (member is not null && !IsBelow(state, act, member)) return GuildDecision.Refused(GameError.GuildForbidden);
        if (state.Bans.Any(ban => ban.Player == player)) return new GuildDecision(GameError.Ok);
        error = Add(state.Bans, guild.BanLimit, act.NowMs, new GuildWish
        {
            Player = player,
            Name = member?.Name ?? name,
            AtMs = act.NowMs,
            ByName = act.Name,
        });
        if (error != GameError.Ok) return GuildDecision.Refused(error);

        var draft = new GuildDraft(state, guild, act);
        if (member is not null) draft.Remove(member);
        // One on the way in may have been claimed already.
        if (GuildLists.Remove(state.Joining, joining => joining.Player == player) > 0) draft.Release(player);
        if (state.Invitations.Any(wish => wish.Player == player)) Uninvite(state, player);
        GuildLists.Drop(state.Invitations, player);
        GuildLists.Drop(state.Requests, player);
        draft.RequestsChanged();
        if (member is not null) draft.Turn(player, GuildTurn.Banned);
        draft.Log(GuildEvent.Banned, player, member?.Name ?? name);
        return draft.Done();
    }

    public static GuildDecision Unban(GuildState state, GuildDefinition guild, GuildAct act, long player)
    {
        var error = RefuseWithout(state, act, GuildPermission.Ban);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        if (state.Bans.FirstOrDefault(wish => wish.Player == player) is not { } ban)
            return GuildDecision.Refused(GameError.GuildBanNotFound);
        state.Bans.Remove(ban);
        var draft = new GuildDraft(state, guild, act);
        draft.Log(GuildEvent.Unbanned, player, ban.Name);
        return draft.Done();
    }

    /// <summary>Promotes or demotes: a member of a lower rank than one's own, to a rank below one's own.</summary>
    public static GuildDecision SetRank(
        GuildState state, GuildDefinition guild, GuildAct act, long player, GuildRank rank)
    {
        var error = RefuseWithout(state, act, GuildPermission.Promote);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        if (rank is < GuildRank.Member or > GuildRank.Officer) return GuildDecision.Refused(GameError.InvalidArgument);
        if (Member(state, player) is not { } member) return GuildDecision.Refused(GameError.GuildMemberNotFound);
        if (!IsBelow(state, act, member) || rank >= Member(state, act.Player)!.Rank)
            return GuildDecision.Refused(GameError.GuildForbidden);
        if (member.Rank == rank) return new GuildDecision(GameError.Ok);
        member.Rank = rank;
        var draft = new GuildDraft(state, guild, act);
        draft.Changed(member);
        draft.Log(GuildEvent.Ranked, player, member.Name, amount: (long)rank);
        return draft.Done();
    }

    /// <summary>The leader hands the guild over, and is an officer from then on.</summary>
    public static GuildDecision Transfer(GuildState state, GuildDefinition guild, GuildAct act, long player)
    {
        var error = RefuseAllBut(state, act, GuildRank.Leader);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        if (player == act.Player) return GuildDecision.Refused(GameError.InvalidArgument);
        return Member(state, player) is { } successor
            ? HandOver(state, guild, act, successor, GuildEvent.HandedOver)
            : GuildDecision.Refused(GameError.GuildMemberNotFound);
    }

    /// <summary>
    /// Makes somebody the leader in place of one who has been away for too long: who was there within that time and has
    /// the highest rank, and among those who is a member for longest. OK without a change if the leader was there or
    /// nobody else was.
    /// </summary>
    /// <param name="seenMs">When each member was there last, as far as is known.</param>
    public static GuildDecision Succeed(
        GuildState state, GuildDefinition guild, IReadOnlyDictionary<long, long> seenMs, long nowMs)
    {
        if (!Exists(state)) return new GuildDecision(GameError.Ok);
        var leader = Leader(state);
        var successor = IsAbsent(leader) == true
            ? state.Members.Where(member => member != leader && IsAbsent(member) == false)
                .OrderByDescending(member => member.Rank).ThenBy(member => member.JoinedAtMs).FirstOrDefault()
            : null;
        return successor is null
            ? new GuildDecision(GameError.Ok)
            : HandOver(state, guild, new GuildAct(0, "", 0, nowMs), successor, GuildEvent.Succeeded);

        bool? IsAbsent(GuildMemberState member) => seenMs.TryGetValue(member.Player, out var seen)
            ? nowMs - Math.Max(seen, member.JoinedAtMs) >= (long)guild.SuccessionAfter.TotalMilliseconds
            : null;
    }

    public static GuildDecision SetPermissions(
        GuildState state, GuildDefinition guild, GuildAct act, GuildRights? rights)
    {
        var error = RefuseAllBut(state, act, GuildRank.Leader);
        if (error == GameError.Ok) error = ValidateRights(rights);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        var draft = new GuildDraft(state, guild, act);
        draft.Rights(rights!.Clone());
        draft.Log(GuildEvent.Rights, amount: (long)rights.Rank);
        return draft.Done();
    }

    /// <summary>
    /// INVALID_ARGUMENT unless it gives permissions that there are, each once, to a rank below leader.
    /// </summary>
    public static GameError ValidateRights(GuildRights? rights) =>
        rights is { Rank: >= GuildRank.Member and <= GuildRank.Officer }
        && rights.Permissions.All(each => each != GuildPermission.Unspecified && Enum.IsDefined(each))
        && rights.Permissions.Distinct().Count() == rights.Permissions.Count
            ? GameError.Ok
            : GameError.InvalidArgument;

    private static GuildDecision HandOver(
        GuildState state, GuildDefinition guild, GuildAct act, GuildMemberState successor, GuildEvent what)
    {
        var former = Leader(state);
        former.Rank = GuildRank.Officer;
        successor.Rank = GuildRank.Leader;
        state.LeaderName = successor.Name;
        var draft = new GuildDraft(state, guild, act);
        draft.Changed(former);
        draft.Changed(successor);
        draft.Log(what, successor.Player, successor.Name);
        return draft.Done();
    }

    private static bool IsBelow(GuildState state, GuildAct act, GuildMemberState member) =>
        member.Rank < Member(state, act.Player)!.Rank;
}
