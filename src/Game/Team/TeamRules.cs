namespace GameBackend.Game;

/// <summary>A player who is to become a member.</summary>
/// <param name="LostBefore">How many sessions the player had lost before the present one.</param>
public readonly record struct TeamJoiner(long Player, string Name, ulong LostBefore);

/// <summary>
/// Teams: who is in, who leads, who may come in. A rule either refuses and leaves the record as it was, or changes it
/// and puts what is to be told into its outbox.
/// </summary>
public static class TeamRules
{
    /// <summary>Open invitations, and open wishes to join, of one team.</summary>
    public const int MaxWishes = 20;

    /// <summary>In characters (UTF-16 code units).</summary>
    public const int LabelLimit = 40;

    /// <inheritdoc cref="LabelLimit"/>
    public const int TextLimit = 200;

    /// <summary>How long an invitation, or the wish to join, stands.</summary>
    public static readonly TimeSpan WishLasts = TimeSpan.FromMinutes(3);

    public static bool Exists(TeamRecord team) => team.Id != 0 && team.DissolvedAtMs == 0;

    public static TeamMemberState? Member(TeamRecord team, long player) =>
        team.Members.FirstOrDefault(member => member.Player == player);

    /// <summary>Begins a team whose founder is joining.</summary>
    public static GameError Create(
        TeamRecord team, Catalogue catalogue, long id, TeamSettings settings, TeamJoiner founder, long nowMs)
    {
        if (team.Id != 0)
            return GameError.TeamAlreadyIn;
        var error = Validate(settings, catalogue);
        if (error != GameError.Ok)
            return error;
        team.Id = id;
        Set(team, catalogue, Normalised(settings));
        return BeginJoin(team, founder, nowMs);
    }

    /// <summary>
    /// Fits a team that was saved before to the modes of today. What there is no more mode for is free.
    /// </summary>
    public static void Restore(TeamRecord team, Catalogue catalogue)
    {
        if (!Exists(team))
            return;
        if (TeamModes.SizeOf(catalogue, team.Settings.Mode) == 0)
            team.Settings.Mode = TeamModes.Free;
        Set(team, catalogue, team.Settings);
    }

    public static GameError Invite(TeamRecord team, long actor, long player, string name, long nowMs)
    {
        if (Refusal(team, actor, leads: team.Settings is not { Open: true }) is { } refused)
            return refused;
        if (Member(team, player) is not null)
            return GameError.TeamAlreadyIn;
        if (IsFull(team))
            return GameError.TeamFull;
        if (!TryWish(team.Invited, player, name, actor, nowMs))
            return GameError.TeamLimit;
        TeamOutbox.Invited(team, actor, player, nowMs + (long)WishLasts.TotalMilliseconds);
        return GameError.Ok;
    }

    /// <summary>Accepting begins the joining, which a claim of the player ends.</summary>
    public static GameError AcceptInvite(TeamRecord team, TeamJoiner joiner, long nowMs)
    {
        if (!Exists(team))
            return GameError.TeamNotFound;
        return Standing(team.Invited, joiner.Player, nowMs) is null
            ? GameError.TeamNoInvite
            : BeginJoin(team, joiner, nowMs);
    }

    /// <summary>Who has invited a player; 0 if nobody has.</summary>
    public static long InvitedBy(TeamRecord team, long player, long nowMs) =>
        Standing(team.Invited, player, nowMs)?.By ?? 0;

    /// <summary>One of two has blocked the other: what either has asked of the other is over.</summary>
    /// <returns>Whether there was anything.</returns>
    public static bool Withdraw(TeamRecord team, long one, long other)
    {
        bool IsBetween(long by, long to) => (by == one && to == other) || (by == other && to == one);
        var invited = team.Invited.Where(wish => IsBetween(wish.By, wish.Player)).ToArray();
        var asking = team.Asking.Where(wish => IsBetween(wish.Player, team.Leader)).ToArray();
        foreach (var wish in invited)
            team.Invited.Remove(wish);
        foreach (var wish in asking)
        {
            team.Asking.Remove(wish);
            TeamOutbox.Declined(team, wish.Player, wish.Player);
        }

        if (asking.Length > 0)
            TeamOutbox.Changed(team);
        return invited.Length + asking.Length > 0;
    }

    public static GameError DeclineInvite(TeamRecord team, long player, long nowMs)
    {
        if (!Exists(team))
            return GameError.TeamNotFound;
        if (Standing(team.Invited, player, nowMs) is not { } invitation)
            return GameError.TeamNoInvite;
        team.Invited.Remove(invitation);
        TeamOutbox.Declined(team, invitation.By, player);
        return GameError.Ok;
    }

    /// <summary>Whether somebody who asks need not wait for the leader.</summary>
    public static bool JoinsAtOnce(TeamRecord team, long player, long nowMs) =>
        team.Settings.Open || Standing(team.Invited, player, nowMs) is not null;

    /// <summary>Joins a team that is open, or has invited the player.</summary>
    public static GameError JoinOpen(TeamRecord team, TeamJoiner joiner, long nowMs) =>
        Exists(team) ? BeginJoin(team, joiner, nowMs) : GameError.TeamNotFound;

    /// <summary>Asks the leader of a closed team.</summary>
    public static GameError Ask(TeamRecord team, TeamJoiner joiner, long nowMs)
    {
        if (!Exists(team))
            return GameError.TeamNotFound;
        if (Member(team, joiner.Player) is not null)
            return GameError.TeamAlreadyIn;
        if (IsFull(team))
            return GameError.TeamFull;
        if (!TryWish(team.Asking, joiner.Player, joiner.Name, 0, nowMs))
            return GameError.TeamLimit;
        TeamOutbox.Changed(team);
        return GameError.Ok;
    }

    /// <summary>The leader lets somebody in who has asked.</summary>
    public static GameError AcceptAsk(TeamRecord team, long actor, TeamJoiner joiner, long nowMs)
    {
        if (Refusal(team, actor, leads: true) is { } refused)
            return refused;
        return Standing(team.Asking, joiner.Player, nowMs) is null
            ? GameError.TeamNoInvite
            : BeginJoin(team, joiner, nowMs);
    }

    public static GameError DeclineAsk(TeamRecord team, long actor, long player, long nowMs)
    {
        if (Refusal(team, actor, leads: true) is { } refused)
            return refused;
        if (Standing(team.Asking, player, nowMs) is not { } wish)
            return GameError.TeamNoInvite;
        team.Asking.Remove(wish);
        TeamOutbox.Declined(team, player, player);
        TeamOutbox.Changed(team);
        return GameError.Ok;
    }

    /// <summary>The player has been claimed for this team, and is a member from now on.</summary>
    public static void FinishJoin(TeamRecord team, long player, long nowMs)
    {
        if (team.Joining.FirstOrDefault(each => each.Player == player) is not { } joiner)
            return;
        team.Joining.Remove(joiner);
        joiner.JoinedAtMs = nowMs;
        if (joiner.Request is { } request)
            KeyedAnswerRules.Remember(team.Done, request.Player, request.Key, request.Reply, nowMs);
        joiner.Request = null;
        team.Members.Add(joiner);
        if (team.Leader == 0)
            team.Leader = player;
        RemoveWishes(team, player);
        TeamOutbox.Changed(team);
    }

    /// <summary>The player could not be claimed.</summary>
    public static void AbandonJoin(TeamRecord team, long player, long nowMs)
    {
        if (team.Joining.FirstOrDefault(each => each.Player == player) is not { } joiner)
            return;
        team.Joining.Remove(joiner);
        RemoveWishes(team, player);
        DissolveIfEmpty(team, nowMs);
    }

    public static GameError Leave(TeamRecord team, long player, long nowMs)
    {
        if (Refusal(team, player, leads: false) is { } refused)
            return refused;
        Remove(team, player, TeamGoneReason.Left, nowMs);
        return GameError.Ok;
    }

    public static GameError Kick(TeamRecord team, long actor, long player, long nowMs)
    {
        if (RefusalAbout(team, actor, player) is { } refused)
            return refused;
        team.Kicked.Add(new TeamKick { Player = player, By = actor });
        Remove(team, player, TeamGoneReason.Kicked, nowMs);
        return GameError.Ok;
    }

    /// <summary>A player who is gone has been released.</summary>
    public static void FinishRelease(TeamRecord team, long player)
    {
        team.Releasing.Remove(player);
        if (team.Kicked.FirstOrDefault(kick => kick.Player == player) is { } kicked)
            team.Kicked.Remove(kicked);
    }

    /// <summary>Who has made a player leave whose release is pending: the player, or who has kicked it.</summary>
    public static long CauseOfRelease(TeamRecord team, long player) =>
        team.Kicked.FirstOrDefault(kick => kick.Player == player)?.By ?? player;

    /// <summary>
    /// A session of the player has ended for good. One that was lost before the player has joined with a later one is
    /// old news.
    /// </summary>
    /// <param name="lost">How many sessions the player has lost, this one included.</param>
    /// <returns>Whether the player has been a member by it.</returns>
    public static bool AccountLost(TeamRecord team, long player, ulong lost, long nowMs)
    {
        if (!Exists(team) || Member(team, player) is not { } member || member.LostBefore >= lost)
            return false;
        Remove(team, player, TeamGoneReason.Lost, nowMs);
        return true;
    }

    public static GameError Transfer(TeamRecord team, long actor, long player)
    {
        if (RefusalAbout(team, actor, player) is { } refused)
            return refused;
        team.Leader = player;
        TeamOutbox.Changed(team);
        return GameError.Ok;
    }

    /// <summary>Sets all settings. Another mode takes the ready flags back: they were given for this one.</summary>
    public static GameError Configure(TeamRecord team, Catalogue catalogue, long actor, TeamSettings settings)
    {
        if (Refusal(team, actor, leads: true) is { } refused)
            return refused;
        var error = Validate(settings, catalogue);
        if (error != GameError.Ok)
            return error;
        var wanted = Normalised(settings);
        if (team.Members.Count + team.Joining.Count > TeamModes.SizeOf(catalogue, wanted.Mode))
            return GameError.TeamFull;
        if (wanted.Mode != team.Settings.Mode)
        {
            foreach (var member in team.Members)
                member.Ready = false;
        }

        Set(team, catalogue, wanted);
        TeamOutbox.Changed(team);
        return GameError.Ok;
    }

    public static GameError SetReady(TeamRecord team, long player, bool ready)
    {
        if (Refusal(team, player, leads: false) is { } refused)
            return refused;
        Member(team, player)!.Ready = ready;
        TeamOutbox.Changed(team);
        return GameError.Ok;
    }

    /// <summary>The player's connection was lost, or is back.</summary>
    /// <returns>Whether that is news.</returns>
    public static bool SetAway(TeamRecord team, long player, bool away)
    {
        if (!Exists(team) || Member(team, player) is not { } member || member.Away == away)
            return false;
        member.Away = away;
        TeamOutbox.Changed(team);
        return true;
    }

    /// <returns>Whether the name is news.</returns>
    public static bool SetName(TeamRecord team, long player, string name)
    {
        if (!Exists(team) || Member(team, player) is not { } member || member.Name == name)
            return false;
        member.Name = name;
        TeamOutbox.Changed(team);
        return true;
    }

    private static GameError BeginJoin(TeamRecord team, TeamJoiner joiner, long nowMs)
    {
        if (Member(team, joiner.Player) is not null)
            return GameError.TeamAlreadyIn;
        if (team.Joining.Any(each => each.Player == joiner.Player))
            return GameError.Ok;
        if (IsFull(team))
            return GameError.TeamFull;
        team.Joining.Add(new TeamMemberState
        {
            Player = joiner.Player,
            Name = joiner.Name,
            LostBefore = joiner.LostBefore,
            JoinedAtMs = nowMs,
        });
        return GameError.Ok;
    }

    private static void Remove(TeamRecord team, long player, TeamGoneReason reason, long nowMs)
    {
        team.Members.Remove(Member(team, player)!);
        RemoveWishes(team, player);
        team.Releasing.Add(player);
        TeamOutbox.Gone(team, player, reason);
        if (team.Leader == player)
            team.Leader = Successor(team);
        if (team.Members.Count > 0)
            TeamOutbox.Changed(team);
        DissolveIfEmpty(team, nowMs);
    }

    /// <summary>The longest-standing who is there, or else the longest-standing.</summary>
    private static long Successor(TeamRecord team) =>
        (team.Members.FirstOrDefault(member => !member.Away) ?? team.Members.FirstOrDefault())?.Player ?? 0;

    private static void DissolveIfEmpty(TeamRecord team, long nowMs)
    {
        if (team.Members.Count + team.Joining.Count > 0)
            return;
        foreach (var wish in team.Asking)
            TeamOutbox.Declined(team, wish.Player, wish.Player);
        team.Invited.Clear();
        team.Asking.Clear();
        team.DissolvedAtMs = nowMs;
    }

    private static bool IsFull(TeamRecord team) =>
        team.Members.Count + team.Joining.Count >= team.Size;

    private static GameError? Refusal(TeamRecord team, long actor, bool leads) =>
        !Exists(team) ? GameError.TeamNotFound
        : Member(team, actor) is null ? GameError.TeamNotIn
        : leads && team.Leader != actor ? GameError.TeamNotLeader
        : null;

    private static GameError? RefusalAbout(TeamRecord team, long actor, long player) =>
        Refusal(team, actor, leads: true) is { } refused ? refused
        : actor == player ? GameError.InvalidArgument
        : Member(team, player) is null ? GameError.TeamNotMember
        : null;

    private static TeamWish? Standing(IEnumerable<TeamWish> wishes, long player, long nowMs) =>
        wishes.FirstOrDefault(wish => wish.Player == player && wish.ExpiresAtMs > nowMs);

    private static bool TryWish(IList<TeamWish> wishes, long player, string name, long by, long nowMs)
    {
        for (var i = wishes.Count - 1; i >= 0; i--)
        {
            if (wishes[i].ExpiresAtMs <= nowMs || wishes[i].Player == player)
                wishes.RemoveAt(i);
        }

        if (wishes.Count >= MaxWishes)
            return false;
        wishes.Add(new TeamWish
        {
            Player = player,
            Name = name,
            By = by,
            ExpiresAtMs = nowMs + (long)WishLasts.TotalMilliseconds,
        });
        return true;
    }

    private static void RemoveWishes(TeamRecord team, long player)
    {
        if (team.Invited.FirstOrDefault(wish => wish.Player == player) is { } invited)
            team.Invited.Remove(invited);
        if (team.Asking.FirstOrDefault(wish => wish.Player == player) is { } asking)
            team.Asking.Remove(asking);
    }

    private static void Set(TeamRecord team, Catalogue catalogue, TeamSettings settings) =>
        (team.Settings, team.Size) = (settings, (uint)TeamModes.SizeOf(catalogue, settings.Mode));

    private static GameError Validate(TeamSettings? settings, Catalogue catalogue)
    {
        settings ??= new TeamSettings();
        if (TeamModes.SizeOf(catalogue, settings.Mode) == 0)
            return GameError.TeamModeUnknown;
        var error = TextRules.Check(settings.Label, LabelLimit);
        return error == GameError.Ok ? TextRules.Check(settings.Text, TextLimit) : error;
    }

    private static TeamSettings Normalised(TeamSettings? settings)
    {
        var copy = settings?.Clone() ?? new TeamSettings();
        if (copy.Mode.Length == 0)
            copy.Mode = TeamModes.Free;
        return copy;
    }
}
