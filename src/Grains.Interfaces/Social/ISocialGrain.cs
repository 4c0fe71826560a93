namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A player's friends, blocks, and who is told of its presence. Keyed by player id. Two of them never wait for each
/// other inside of a command: each tells the other its newest word beside them.
/// </summary>
[Alias("gb.Social")]
public interface ISocialGrain : IGrainWithIntegerKey
{
    [Alias("Request")]
    Task<Outcome> Request(SocialActor actor, long player, string name);

    /// <summary>What is accepted here stands once <see cref="Accepted"/> says so.</summary>
    [Alias("Answer")]
    Task<Outcome> Answer(SocialActor actor, long player, bool accept);

    /// <summary>
    /// Whether the other side has confirmed what a request of this player has accepted: waits until it has answered.
    /// </summary>
    /// <returns>The answer to the request: OK, or FRIEND_NO_REQUEST if the wish was taken back.</returns>
    [Alias("Accepted"), AlwaysInterleave]
    Task<Outcome> Accepted(SocialActor actor, long player);

    [Alias("Remove")]
    Task<Outcome> Remove(SocialActor actor, long player);

    [Alias("Block")]
    Task<Outcome> Block(SocialActor actor, long player, string name, bool blocked);

    /// <summary>
    /// Ends the open invitations between this player and one whom it has blocked. What fails now is retried.
    /// </summary>
    [Alias("Withdrawn"), AlwaysInterleave]
    Task Withdrawn(long player);

    [Alias("SetStatus")]
    Task<Outcome> SetStatus(SocialActor actor, string text);

    /// <summary>A page of a list; the reply is a <see cref="ListFriendsReply"/> without presences.</summary>
    [Alias("List")]
    Task<Outcome> List(FriendList list, long after, uint count);

    /// <summary>What another player has said about being friends with this one.</summary>
    [Alias("Hear")]
    Task Hear(long from, string name, SocialWord word);

    /// <summary>Another player accepts what this one wishes.</summary>
    /// <returns>This player's newest word: whether the wish still stands, now and for the other side.</returns>
    [Alias("HearAccepting")]
    Task<SocialWord> HearAccepting(long from, string name, SocialWord word);

    /// <summary>What a social side tells itself: the other one has this side's word, and has answered.</summary>
    [Alias("Confirm")]
    Task Confirm(long player, ulong told, SocialWord answer);

    /// <summary>Whom this player has blocked.</summary>
    [Alias("Blocked"), AlwaysInterleave]
    Task<long[]> Blocked();

    /// <summary>Who is this player's friend.</summary>
    [Alias("Friends"), AlwaysInterleave]
    Task<long[]> Friends();

    /// <summary>The player has been together with others, in a team or a match.</summary>
    [Alias("Meet")]
    Task Meet(SocialPeer[] others);

    /// <summary>Others in this player's lists have new names. May be lost: who reads a list asks for names.</summary>
    [Alias("Renamed"), OneWay]
    Task Renamed(SocialPeer[] others);

    /// <summary>
    /// The player's own grain says how the player is now; friends and guild mates who are there are told.
    /// </summary>
    /// <returns>As it stands on the board, with the status text.</returns>
    [Alias("SetPresence")]
    Task<PresenceEntry> SetPresence(string name, PresenceEntry presence);
}

/// <param name="Key">Tells repetitions of a request apart from another; empty for a notification.</param>
[GenerateSerializer, Immutable, Alias("gb.SocialActor")]
public readonly record struct SocialActor([property: Id(0)] string Name, [property: Id(1)] string Key);

[GenerateSerializer, Immutable, Alias("gb.SocialPeer")]
public readonly record struct SocialPeer([property: Id(0)] long PlayerId, [property: Id(1)] string Name);

/// <summary>One side's newest word about a friendship.</summary>
[GenerateSerializer, Immutable, Alias("gb.SocialWord")]
public readonly record struct SocialWord(
    [property: Id(0)] ulong Version,
    [property: Id(1)] ulong Wish,
    [property: Id(2)] ulong Rejects,
    [property: Id(3)] ulong Accepts = 0);
