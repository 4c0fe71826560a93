namespace GameBackend.Game;

/// <summary>How players come into a guild.</summary>
public static partial class GuildRules
{
    /// <summary>Joins a guild that is open or has invited the player, or asks to.</summary>
    public static GuildDecision Join(GuildState state, GuildDefinition guild, GuildAct act)
    {
        var error = RefuseNewcomer(state, act.Player);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        if (GuildLists.Find(state.Invitations, act.Player, act.NowMs) is not null)
            return Begin(state, guild, act, act.Player, act.Name, act.Level);
        if (state.Profile.JoinMode == GuildJoinMode.Invitation) return GuildDecision.Refused(GameError.GuildClosed);
        if (act.Level < state.Profile.MinLevel) return GuildDecision.Refused(GameError.LevelTooLow);
        return state.Profile.JoinMode == GuildJoinMode.Open
            ? Begin(state, guild, act, act.Player, act.Name, act.Level)
            : Ask(state, guild, act);
    }

    /// <summary>Takes a request to join back.</summary>
    public static GuildDecision Withdraw(GuildState state, GuildDefinition guild, GuildAct act)
    {
        if (!Exists(state)) return GuildDecision.Refused(GameError.GuildNotFound);
        return GuildLists.Find(state.Requests, act.Player, act.NowMs) is null
            ? GuildDecision.Refused(GameError.GuildRequestNotFound)
            : DropRequest(state, new GuildDraft(state, guild, act), act.Player);
    }

    /// <param name="name">Of the player who is invited.</param>
    public static GuildDecision Invite(
        GuildState state, GuildDefinition guild, GuildAct act, long player, string name, uint level)
    {
        var error = RefuseWithout(state, act, GuildPermission.Invite);
        if (error == GameError.Ok) error = RefuseNewcomer(state, player);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        error = Add(state.Invitations, guild.InvitationLimit, act.NowMs, new GuildWish
        {
            Player = player,
            Name = name,
            Level = level,
            AtMs = act.NowMs,
            ExpiresAtMs = act.NowMs + (long)guild.InvitationLife.TotalMilliseconds,
            ByName = act.Name,
            By = act.Player,
        });
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        GuildDuties.Owe(state, new GuildDuty
        {
            Player = player,
            By = act.Player,
            Invited = new GuildInvitation
            {
                GuildId = (ulong)state.Id,
                Name = state.Profile.Name,
                Tag = state.Profile.Tag,
                ByName = act.Name,
                ExpiresAtMs = act.NowMs + (long)guild.InvitationLife.TotalMilliseconds,
            },
        });
        var draft = new GuildDraft(state, guild, act);
        draft.Log(GuildEvent.Invited, player, name);
        return draft.Done();
    }

    /// <summary>Takes an invitation back.</summary>
    public static GuildDecision Revoke(GuildState state, GuildDefinition guild, GuildAct act, long player)
    {
        var error = RefuseWithout(state, act, GuildPermission.Invite);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        if (GuildLists.Find(state.Invitations, player, act.NowMs) is not { } wish)
            return GuildDecision.Refused(GameError.GuildInviteNotFound);
        GuildLists.Drop(state.Invitations, player);
        Uninvite(state, player);
        var draft = new GuildDraft(state, guild, act);
        draft.Turn(player, GuildTurn.InvitationGone);
        draft.Log(GuildEvent.Revoked, player, wish.Name);
        return draft.Done();
    }

    /// <summary>Who has invited a player; 0 if nobody has, or it is not known any more.</summary>
    public static long InvitedBy(GuildState state, long player, long nowMs) =>
        GuildLists.Find(state.Invitations, player, nowMs)?.By ?? 0;

    /// <summary>Takes back an invitation, after one of the two players has blocked the other.</summary>
    /// <returns>Null if there is no such invitation.</returns>
    public static GuildDecision? Withdraw(GuildState state, GuildDefinition guild, long by, long player, long nowMs)
    {
        if (!Exists(state) || GuildLists.Find(state.Invitations, player, nowMs) is not { } wish || wish.By != by)
            return null;
        GuildLists.Drop(state.Invitations, player);
        Uninvite(state, player);
        var draft = new GuildDraft(state, guild, new GuildAct(by, wish.ByName, 0, nowMs));
        draft.Turn(player, GuildTurn.InvitationGone);
        draft.Log(GuildEvent.Revoked, player, wish.Name);
        return draft.Done();
    }

    public static GuildDecision Accept(GuildState state, GuildDefinition guild, GuildAct act)
    {
        var error = RefuseNewcomer(state, act.Player);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        return GuildLists.Find(state.Invitations, act.Player, act.NowMs) is null
            ? GuildDecision.Refused(GameError.GuildInviteNotFound)
            : Begin(state, guild, act, act.Player, act.Name, act.Level);
    }

    public static GuildDecision Decline(GuildState state, GuildDefinition guild, GuildAct act)
    {
        if (!Exists(state)) return GuildDecision.Refused(GameError.GuildNotFound);
        if (GuildLists.Find(state.Invitations, act.Player, act.NowMs) is null)
            return GuildDecision.Refused(GameError.GuildInviteNotFound);
        GuildLists.Drop(state.Invitations, act.Player);
        Uninvite(state, act.Player);
        var draft = new GuildDraft(state, guild, act);
        draft.Log(GuildEvent.Declined);
        return draft.Done();
    }

    public static GuildDecision Approve(GuildState state, GuildDefinition guild, GuildAct act, long player)
    {
        var error = RefuseWithout(state, act, GuildPermission.Admit);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        return GuildLists.Find(state.Requests, player, act.NowMs) is not { } wish
            ? GuildDecision.Refused(GameError.GuildRequestNotFound)
            : Begin(state, guild, act, player, wish.Name, wish.Level);
    }

    public static GuildDecision Reject(GuildState state, GuildDefinition guild, GuildAct act, long player)
    {
        var error = RefuseWithout(state, act, GuildPermission.Admit);
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        if (GuildLists.Find(state.Requests, player, act.NowMs) is not { } wish)
            return GuildDecision.Refused(GameError.GuildRequestNotFound);
        var draft = new GuildDraft(state, guild, act);
        draft.Turn(player, GuildTurn.Rejected);
        draft.Log(GuildEvent.Rejected, player, wish.Name);
        return DropRequest(state, draft, player);
    }

    /// <summary>The player's membership is this guild's: it is a member.</summary>
    public static GuildDecision Joined(GuildState state, GuildDefinition guild, long player, long nowMs)
    {
        var joining = state.Joining.First(each => each.Player == player);
        state.Joining.Remove(joining);
        var act = new GuildAct(joining.Actor, joining.ActorName, 0, nowMs);
        var draft = new GuildDraft(state, guild, act);
        GuildLists.Drop(state.Requests, player);
        draft.RequestsChanged();
        if (state.Invitations.Any(wish => wish.Player == player)) Uninvite(state, player);
        GuildLists.Drop(state.Invitations, player);
        draft.Add(NewMember(player, joining.Name, joining.Level, GuildRank.Member, nowMs));
        draft.Log(GuildEvent.Joined, player, joining.Name);
        if (joining.Actor != player) draft.Turn(player, GuildTurn.Admitted);
        return draft.Done();
    }

    /// <summary>The player is another guild's.</summary>
    public static GuildDecision NotJoined(GuildState state, GuildDefinition guild, long player, long nowMs)
    {
        var joining = state.Joining.First(each => each.Player == player);
        state.Joining.Remove(joining);
        if (GuildLists.Find(state.Requests, player, nowMs) is null) return new GuildDecision(GameError.Ok);
        var draft = new GuildDraft(state, guild, new GuildAct(joining.Actor, joining.ActorName, 0, nowMs));
        if (joining.Actor != player) draft.Turn(player, GuildTurn.RequestGone);
        return DropRequest(state, draft, player);
    }

    /// <summary>Drops requests and invitations whose time is over.</summary>
    public static GuildDecision Expire(GuildState state, GuildDefinition guild, long nowMs)
    {
        GuildLists.Remove(state.Invitations, wish => !GuildLists.IsOpen(wish, nowMs));
        if (GuildLists.Remove(state.Requests, wish => !GuildLists.IsOpen(wish, nowMs)) == 0)
            return new GuildDecision(GameError.Ok);
        var draft = new GuildDraft(state, guild, new GuildAct(0, "", 0, nowMs));
        draft.RequestsChanged();
        return draft.Done();
    }

    private static GameError RefuseNewcomer(GuildState state, long player) =>
        !Exists(state) ? GameError.GuildNotFound
        : Member(state, player) is not null ? GameError.AlreadyInGuild
        : state.Bans.Any(ban => ban.Player == player) ? GameError.GuildBanned
        : GameError.Ok;

    private static GuildDecision Begin(
        GuildState state, GuildDefinition guild, GuildAct act, long player, string name, uint level)
    {
        // A second command for one who is on the way goes on with that.
        if (state.Joining.Any(each => each.Player == player)) return new GuildDecision(GameError.Ok, null, player);
        if (state.Members.Count + state.Joining.Count >= guild.Level(state.Level).Cap)
            return GuildDecision.Refused(GameError.GuildFull);
        state.Joining.Add(new GuildJoining
        {
            Player = player,
            Name = name,
            Level = level,
            Actor = act.Player,
            ActorName = act.Name,
            Key = act.Key,
            AtMs = act.NowMs,
        });
        return new GuildDecision(GameError.Ok, null, player);
    }

    private static GuildDecision Ask(GuildState state, GuildDefinition guild, GuildAct act)
    {
        var error = Add(state.Requests, guild.RequestLimit, act.NowMs, new GuildWish
        {
            Player = act.Player,
            Name = act.Name,
            Level = act.Level,
            AtMs = act.NowMs,
            ExpiresAtMs = act.NowMs + (long)guild.RequestLife.TotalMilliseconds,
        });
        if (error != GameError.Ok) return GuildDecision.Refused(error);
        var draft = new GuildDraft(state, guild, act);
        draft.RequestsChanged();
        return draft.Done();
    }

    /// <summary>A wish of a player who has one already takes its place.</summary>
    private static GameError Add(
        Google.Protobuf.Collections.RepeatedField<GuildWish> wishes, int limit, long nowMs, GuildWish wish)
    {
        if (wishes.Count(other => other.Player != wish.Player && GuildLists.IsOpen(other, nowMs)) >= limit)
            return GameError.GuildListFull;
        GuildLists.Remove(wishes, other => other.Player == wish.Player || !GuildLists.IsOpen(other, nowMs));
        wishes.Add(wish);
        return GameError.Ok;
    }

    private static GuildDecision DropRequest(GuildState state, GuildDraft draft, long player)
    {
        GuildLists.Drop(state.Requests, player);
        draft.RequestsChanged();
        return draft.Done();
    }
}
