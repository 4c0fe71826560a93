namespace GameBackend.Game;

/// <summary>How much letter boxes hold.</summary>
public static class LetterLimits
{
    /// <summary>
    /// Letters in a box. Beyond it come only those that nobody may refuse: operators' letters, what comes back, and what
    /// did not fit into the bag.
    /// </summary>
    public const int Cap = 100;

    /// <summary>Letters of one player in another's box that were not read: nobody fills a box alone.</summary>
    public const int UnreadOfSender = 20;

    /// <summary>Letters that one claim of all takes.</summary>
    public const int ClaimedAtOnce = 50;

    /// <summary>In characters (UTF-16 code units).</summary>
    public const int Subject = 60;

    /// <summary>In characters (UTF-16 code units).</summary>
    public const int Text = 1000;

    public const uint Page = 50;

    public const uint DefaultPage = 20;

    /// <summary>How long a player's letter waits before what is attached goes back.</summary>
    public static readonly TimeSpan PlayerLetters = TimeSpan.FromDays(30);

    /// <summary>Letters to all that wait to be picked up, at the most.</summary>
    public const int Broadcasts = 100;
}
