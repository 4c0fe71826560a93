using GameBackend.Game;

namespace GameBackend.Grains.Player;

/// <summary>
/// The player's friends. Its social side decides; this is the fence before it, and adds how friends are.
/// </summary>
public sealed partial class PlayerGrain
{
    public async Task<Outcome> RequestFriend(Caller caller, long player)
    {
        if (Admit(caller) is { } refused)
            return refused;
        if (await NameOf(player) is not { } name)
            return Outcome.Refused(GameError.PlayerNotFound);
        if (await HasBlockedThis(player))
            return Outcome.Refused(GameError.FriendBlocked);
        return await Relay(caller, async key =>
        {
            var asked = await Social.Request(SocialActor(key), player, name);
            if (asked.Error != GameError.Ok
                || RequestFriendReply.Parser.ParseFrom(asked.Reply).Relation != FriendRelation.Friend)
                return asked;
            // It accepts a request of the other. If that was taken back meanwhile, it is a request of its own.
            var accepted = await Accepted(asked, key, player);
            return accepted.Error == GameError.FriendNoRequest
                ? await Social.Request(SocialActor(key), player, name)
                : accepted;
        });
    }

    public Task<Outcome> AnswerFriend(Caller caller, long player, bool accept) => Relay(caller, async key =>
    {
        var answered = await Social.Answer(SocialActor(key), player, accept);
        return accept && answered.Error == GameError.Ok ? await Accepted(answered, key, player) : answered;
    });

    private async Task<Outcome> Accepted(Outcome begun, string key, long player)
    {
        var accepted = await Social.Accepted(SocialActor(key), player);
        return accepted with
        {
            Pushes = [.. begun.Pushes ?? [], .. accepted.Pushes ?? []],
            AfterSeq = Math.Max(begun.AfterSeq, accepted.AfterSeq),
        };
    }

    public Task<Outcome> RemoveFriend(Caller caller, long player) => Relay(
        caller, key => Social.Remove(SocialActor(key), player));

    public async Task<Outcome> BlockPlayer(Caller caller, long player, bool blocked)
    {
        if (Admit(caller) is { } refused)
            return refused;
        if (await NameOf(player) is not { } name)
            return Outcome.Refused(GameError.PlayerNotFound);
        return await Relay(caller, async key =>
        {
            var outcome = await Social.Block(SocialActor(key), player, name, blocked);
            if (!blocked || outcome.Error != GameError.Ok)
                return outcome;
            await WithdrawFromTrade(player);
            await Social.Withdrawn(player);
            return outcome;
        });
    }

    public async Task<Outcome> SetStatus(Caller caller, string text)
    {
        var outcome = await Write(caller, [new Writing(text, FriendRules.StatusLimit)], shown => Relay(
            caller, key => Social.SetStatus(SocialActor(key), shown[0])));
        TellPresence();
        return outcome;
    }

    public async Task<Outcome> ListFriends(Caller caller, FriendList list, long after, uint count)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var outcome = await Social.List(list, after, count);
        if (outcome.Error != GameError.Ok)
            return outcome;
        var reply = ListFriendsReply.Parser.ParseFrom(outcome.Reply);
        var known = (await GrainFactory.Presences(reply.Entries.Select(entry => (long)entry.PlayerId)))
            .ToDictionary(presence => (ulong)presence.PlayerId);
        var names = await Task.WhenAll(reply.Entries.Select(entry => NameNow(known[entry.PlayerId])));
        SetNames(reply, names);
        if (list == FriendList.Friends)
        {
            await Task.WhenAll(reply.Entries.Select(async entry =>
                entry.Presence = await PresenceOf(known[entry.PlayerId])));
        }

        return Outcome.Of(reply);
    }

    /// <summary>
    /// A player does not know all in whose lists it is: whoever reads one asks for the names, of the board or of their
    /// bearers.
    /// </summary>
    private async Task<string> NameNow(PresenceEntry known) =>
        known.Name.Length > 0 ? known.Name : await NameOf(known.PlayerId) ?? "";

    /// <summary>The list that is saved learns of new names as well: what is told of its changes has them.</summary>
    private void SetNames(ListFriendsReply reply, string[] names)
    {
        var news = new List<SocialPeer>();
        foreach (var (entry, name) in reply.Entries.Zip(names))
        {
            if (name.Length == 0 || name == entry.Name)
                continue;
            entry.Name = name;
            news.Add(new SocialPeer((long)entry.PlayerId, name));
        }

        if (news.Count > 0)
            Social.Renamed([.. news]).Ignore();
    }

    /// <summary>Of whom the board knows nothing, the player's own grain is asked: it interleaves there.</summary>
    private async Task<PlayerPresence> PresenceOf(PresenceEntry known)
    {
        var presence = new PlayerPresence
        {
            PlayerId = (ulong)known.PlayerId,
            Status = known.Status,
            SinceMs = known.SinceMs,
            StatusText = known.StatusText,
            Name = known.Name,
        };
        if (known.SinceMs != 0 || known.PlayerId == PlayerId)
            return presence;
        var session = await GrainFactory.GetGrain<IPlayerSession>(known.PlayerId).GetPresence();
        presence.Status = StatusOf(session.Status);
        presence.SinceMs = session.Since.ToUnixTimeMilliseconds();
        return presence;
    }

    private static PlayerStatus StatusOf(PresenceStatus status) => status switch
    {
        PresenceStatus.Online => PlayerStatus.Online,
        PresenceStatus.Away => PlayerStatus.Away,
        _ => PlayerStatus.Offline,
    };

    private SocialActor SocialActor(string key) => new(State.Profile.Name, key);
}
