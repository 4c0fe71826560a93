using System.Globalization;

namespace GameBackend.Game;

/// <summary>What may be said, how often, and where.</summary>
public static class ChatRules
{
    /// <summary>In characters (UTF-16 code units).</summary>
    public const int TextLimit = 200;

    /// <summary>Of a note, in characters (UTF-16 code units).</summary>
    public const int NoteLimit = 500;

    /// <summary>Lines of a page of history.</summary>
    public const int MaxPage = 50;

    /// <summary>Why a text is no line, or no note; OK if it is one.</summary>
    public static GameError Validate(string text, int limit = TextLimit) =>
        text.Length == 0 ? GameError.InvalidArgument : TextRules.Check(text, limit);

    /// <summary>How many lines a channel keeps.</summary>
    public static ulong Kept(ChatKind kind) => kind == ChatKind.World ? 100ul : 200;

    /// <summary>How fast a player may speak in channels of a kind.</summary>
    public static ChatPace Pace(ChatKind kind) =>
        kind == ChatKind.World ? new ChatPace(Burst: 5, EveryMs: 1000) : new ChatPace(Burst: 10, EveryMs: 400);

    /// <summary>The world channel of a player who has chosen none: players are spread over all.</summary>
    /// <param name="channels">How many there are.</param>
    /// <returns>1 to <paramref name="channels"/>.</returns>
    public static uint OwnWorld(long player, uint channels)
    {
        // Ids may be given out in steps; the mixing constant is that of Fibonacci hashing (Knuth, TAOCP 3, 6.4).
        var mixed = unchecked((ulong)player * 0x9E3779B97F4A7C15ul) >> 32;
        return (uint)(mixed % channels) + 1;
    }

    /// <summary>The key of a channel: <c>world/3</c>, <c>guild/5f</c>, <c>team/7a</c>.</summary>
    public static string Channel(ChatKind kind, long id) => kind switch
    {
        ChatKind.World => string.Create(CultureInfo.InvariantCulture, $"world/{id}"),
        ChatKind.Guild => string.Create(CultureInfo.InvariantCulture, $"guild/{id:x}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"team/{id:x}"),
    };

    /// <summary>The key of the channel of two players, which is one whoever of them asks.</summary>
    public static string PrivateChannel(long one, long other) => string.Create(
        CultureInfo.InvariantCulture, $"private/{Math.Min(one, other):x}-{Math.Max(one, other):x}");

    /// <summary>Kind and id of a channel's key.</summary>
    public static (ChatKind Kind, long Id) Parse(string channel)
    {
        var slash = channel.IndexOf('/', StringComparison.Ordinal);
        var id = channel.AsSpan(slash + 1);
        return channel[..slash] switch
        {
            "world" => (ChatKind.World, long.Parse(id, CultureInfo.InvariantCulture)),
            "guild" => (ChatKind.Guild, long.Parse(id, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            "team" => (ChatKind.Team, long.Parse(id, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            _ => (ChatKind.Private, 0),
        };
    }
}

/// <param name="Burst">Lines at once after a pause.</param>
/// <param name="EveryMs">A further line for each of these many milliseconds.</param>
public readonly record struct ChatPace(int Burst, int EveryMs);

/// <summary>How much a player may say now: a bucket that fills with time.</summary>
public struct ChatBreath
{
    private const long LongestWaitMs = 60_000;

    private long _emptyAtMs;

    // When the last line that was refused was told to come back.
    private long _promisedMs;

    /// <summary>Takes a line out of the bucket.</summary>
    /// <param name="waitMs">
    /// If it is empty: when there is room for this line, behind those that were refused before it.
    /// </param>
    public bool TryTake(ChatPace pace, long nowMs, out uint waitMs)
    {
        var from = Math.Max(_emptyAtMs, nowMs - ((long)pace.Burst * pace.EveryMs));
        var roomMs = from + pace.EveryMs;
        if (roomMs > nowMs)
        {
            _promisedMs = Math.Clamp(_promisedMs + pace.EveryMs, roomMs, Math.Max(roomMs, nowMs + LongestWaitMs));
            waitMs = (uint)(_promisedMs - nowMs);
            return false;
        }

        _emptyAtMs = roomMs;
        waitMs = 0;
        return true;
    }
}
