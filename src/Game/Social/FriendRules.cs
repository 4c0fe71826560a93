namespace GameBackend.Game;

/// <summary>
/// Friends and blocks of one player. What two players are to each other follows from the newest word of each: friends,
/// if both wish for it and neither has turned the other's wish down. A word replaces the earlier ones of its side, so
/// that it does not matter in which order, or how often, words are told. A wish that accepts another one counts
/// with that one alone, and not before the other side has confirmed that it still stands: a request that is taken back
/// and accepted at the same moment is one of both.
/// </summary>
public static class FriendRules
{
    /// <summary>Friends and open requests of a player; requests that wait for its answer; blocks.</summary>
    public const int Limit = 100;

    /// <summary>In characters (UTF-16 code units).</summary>
    public const int StatusLimit = 80;

    public const int MaxPage = 50;

    private const int MetKept = 30;

    /// <summary>Edges that mean nothing any more and are kept for their versions.</summary>
    private const int NeutralKept = 100;

    public static FriendRelation Relation(SocialEdge? edge) => edge is null ? FriendRelation.None
        : (Wishes(edge.Mine, edge.Theirs) && !IsAccepting(edge), Wishes(edge.Theirs, edge.Mine)) switch
        {
            (true, true) => FriendRelation.Friend,
            (true, false) => FriendRelation.Asked,
            (false, true) => FriendRelation.Asks,
            _ => FriendRelation.None,
        };

    public static SocialEdge? Edge(SocialRecord record, long player) =>
        record.Edges.FirstOrDefault(edge => edge.Player == player);

    public static bool IsBlocked(SocialRecord record, long player) =>
        record.Blocked.Any(mark => mark.Player == player);

    /// <summary>Whether the other side has yet to hear a word of this one's.</summary>
    public static bool IsUntold(SocialEdge edge) => edge.Told < edge.Mine.Version;

    /// <summary>Whether this side accepts a wish, and the other side has yet to confirm that it stands.</summary>
    public static bool IsAccepting(SocialEdge edge) =>
        edge.Mine.Accepts != 0 && IsUntold(edge) && Wishes(edge.Mine, edge.Theirs);

    public static GameError Request(SocialRecord record, long self, long player, string name, long nowMs)
    {
        if (player == self || player == 0)
            return GameError.InvalidArgument;
        if (IsBlocked(record, player))
            return GameError.FriendBlocked;
        if (Relation(Edge(record, player)) is FriendRelation.Friend or FriendRelation.Asked)
            return GameError.FriendAlready;
        if (Own(record, besides: player) >= Limit)
            return GameError.FriendLimit;
        var edge = EdgeFor(record, player, name);
        if (Relation(edge) == FriendRelation.Asks)
            Accept(record, edge, nowMs);
        else
            Speak(record, edge, nowMs, word => (word.Wish, word.Accepts) = (word.Version, 0));
        return GameError.Ok;
    }

    /// <summary>Accepting begins here; <see cref="Confirm"/> ends it.</summary>
    public static GameError Answer(SocialRecord record, long player, bool accept, long nowMs)
    {
        if (Edge(record, player) is not { } edge || Relation(edge) != FriendRelation.Asks)
            return GameError.FriendNoRequest;
        if (accept && Own(record, besides: player) >= Limit)
            return GameError.FriendLimit;
        if (accept)
            Accept(record, edge, nowMs);
        else
            TurnDown(record, edge, nowMs);
        return GameError.Ok;
    }

    /// <summary>
    /// The other side has this side's word up to a version, and that is its own newest word: if it still wishes what
    /// this side accepts, the two are friends.
    /// </summary>
    public static void Confirm(SocialRecord record, long player, ulong told, FriendWord word, long nowMs)
    {
        if (Edge(record, player) is not { } edge)
            return;
        var before = Relation(edge);
        edge.Told = Math.Max(edge.Told, told);
        if (word.Version > edge.Theirs.Version)
            edge.Theirs = word.Clone();
        Note(record, edge, before, nowMs);
        if (IsAccepting(edge))
            return;
        if (Relation(edge) == FriendRelation.Friend && edge.Accepting is { } accepting)
            KeyedAnswerRules.Remember(record.Done, accepting.Player, accepting.Key, accepting.Reply, nowMs);
        edge.Accepting = null;
    }

    public static GameError Remove(SocialRecord record, long player, long nowMs)
    {
        if (Edge(record, player) is not { } edge || Relation(edge) is FriendRelation.None or FriendRelation.Asks)
            return GameError.FriendMissing;
        TurnDown(record, edge, nowMs);
        return GameError.Ok;
    }

    public static GameError Block(SocialRecord record, long self, long player, string name, long nowMs)
    {
        if (player == self || player == 0)
            return GameError.InvalidArgument;
        if (IsBlocked(record, player))
            return GameError.Ok;
        if (record.Blocked.Count >= Limit)
            return GameError.BlockLimit;
        record.Blocked.Add(new SocialMark { Player = player, Name = name, AtMs = nowMs });
        if (!record.Withdrawing.Contains(player))
            record.Withdrawing.Add(player);
        if (Edge(record, player) is { } edge && Relation(edge) != FriendRelation.None)
            TurnDown(record, edge, nowMs);
        return GameError.Ok;
    }

    public static GameError Unblock(SocialRecord record, long player)
    {
        if (record.Blocked.FirstOrDefault(mark => mark.Player == player) is { } mark)
            record.Blocked.Remove(mark);
        return GameError.Ok;
    }

    /// <summary>The other side's word. Whoever is blocked, or asks one too many, is turned down at once.</summary>
    /// <returns>Whether it was news.</returns>
    public static bool Hear(SocialRecord record, long player, string name, FriendWord word, long nowMs)
    {
        if (Edge(record, player) is { } known && word.Version <= known.Theirs.Version)
            return false;
        var edge = EdgeFor(record, player, name);
        var before = Relation(edge);
        edge.Theirs = word.Clone();
        if (Relation(edge) == FriendRelation.Asks && before != FriendRelation.Asks
            && (IsBlocked(record, player) || Count(record, FriendRelation.Asks) > Limit))
            TurnDown(record, edge, nowMs, before);
        else
            Note(record, edge, before, nowMs);
        return true;
    }

    public static GameError SetStatus(SocialRecord record, string text)
    {
        var error = TextRules.Check(text, StatusLimit);
        if (error == GameError.Ok)
            record.StatusText = text;
        return error;
    }

    /// <summary>The player has been together with another.</summary>
    public static void Meet(SocialRecord record, long player, string name, long nowMs)
    {
        if (record.Met.FirstOrDefault(mark => mark.Player == player) is { } known)
            record.Met.Remove(known);
        record.Met.Add(new SocialMark { Player = player, Name = name, AtMs = nowMs });
        if (record.Met.Count > MetKept)
            record.Met.RemoveAt(0);
    }

    /// <summary>Another player, who may be in any of the lists, is called by this name now.</summary>
    /// <returns>Whether that is news.</returns>
    public static bool Rename(SocialRecord record, long player, string name)
    {
        var news = false;
        if (Edge(record, player) is { } edge && edge.Name != name)
            (edge.Name, news) = (name, true);
        foreach (var mark in record.Blocked.Concat(record.Met).Where(mark => mark.Player == player && mark.Name != name))
            (mark.Name, news) = (name, true);
        return news;
    }

    /// <summary>Nothing is in it that would be missed.</summary>
    public static bool IsEmpty(SocialRecord record) => record.CalculateSize() == 0;

    private static bool Wishes(FriendWord one, FriendWord other) =>
        one.Wish > other.Rejects && (one.Accepts == 0 || one.Accepts == other.Wish);

    private static int Count(SocialRecord record, FriendRelation relation) =>
        record.Edges.Count(edge => Relation(edge) == relation);

    private static int Own(SocialRecord record, long besides) => record.Edges.Count(edge => edge.Player != besides
        && (IsAccepting(edge) || Relation(edge) is FriendRelation.Friend or FriendRelation.Asked));

    private static SocialEdge EdgeFor(SocialRecord record, long player, string name)
    {
        if (Edge(record, player) is { } known)
        {
            known.Name = name;
            return known;
        }

        var edge = new SocialEdge { Player = player, Name = name, Mine = new(), Theirs = new() };
        var at = 0;
        while (at < record.Edges.Count && record.Edges[at].Player < player)
            at++;
        record.Edges.Insert(at, edge);
        DropNeutral(record);
        return edge;
    }

    private static void TurnDown(SocialRecord record, SocialEdge edge, long nowMs, FriendRelation? before = null) =>
        Speak(
            record, edge, nowMs, word => (word.Wish, word.Rejects, word.Accepts) = (0, edge.Theirs.Wish, 0), before);

    private static void Accept(SocialRecord record, SocialEdge edge, long nowMs)
    {
        if (!IsAccepting(edge))
            Speak(record, edge, nowMs, word => (word.Wish, word.Accepts) = (word.Version, edge.Theirs.Wish));
    }

    /// <summary>
    /// A new word of this side. Its version also grows with the clock, so that it is newer than those of an edge that
    /// was dropped long ago.
    /// </summary>
    private static void Speak(
        SocialRecord record, SocialEdge edge, long nowMs, Action<FriendWord> say, FriendRelation? before = null)
    {
        before ??= Relation(edge);
        edge.Mine.Version = Math.Max(Math.Max(edge.Mine.Version, edge.Theirs.Rejects) + 1, (ulong)nowMs);
        say(edge.Mine);
        Note(record, edge, before.Value, nowMs);
    }

    private static void Note(SocialRecord record, SocialEdge edge, FriendRelation before, long nowMs)
    {
        if (Relation(edge) is var relation && relation == before)
            return;
        edge.SinceMs = nowMs;
        record.NextPush++;
        record.Outbox.Add(new PendingPush
        {
            MessageId = $"friend/{record.NextPush}",
            Op = Opcodes.OfPush<FriendChanged>().Op,
            Body = Google.Protobuf.MessageExtensions.ToByteString(new FriendChanged { Entry = Entry(edge) }),
        });
    }

    public static FriendEntry Entry(SocialEdge edge) => new()
    {
        PlayerId = (ulong)edge.Player,
        Name = edge.Name,
        Relation = Relation(edge),
        SinceMs = edge.SinceMs,
    };

    private static void DropNeutral(SocialRecord record)
    {
        var neutral = record.Edges.Where(edge => Relation(edge) == FriendRelation.None && !IsUntold(edge)
            && edge.Theirs.Version > 0).ToArray();
        if (neutral.Length > NeutralKept)
            record.Edges.Remove(neutral.MinBy(edge => edge.SinceMs)!);
    }
}
