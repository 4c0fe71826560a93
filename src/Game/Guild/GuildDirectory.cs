using System.Text;

namespace GameBackend.Game;

/// <summary>
/// Guilds in the orders in which they are listed. Pages go on where the last one ended, whatever came and went.
/// </summary>
public sealed class GuildDirectory
{
    public const int MaxPage = 50;
    private const int UsualPage = 20;

    private readonly Dictionary<ulong, GuildEntry> _guilds = [];
    private readonly SortedSet<Place> _byName = [];
    private readonly SortedSet<Place> _byLevel = [];

    public IEnumerable<GuildEntry> Entries => _guilds.Values;

    /// <summary>Takes a guild's report, unless a newer one is there. One of a disbanded guild takes it out.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Report(GuildEntry entry)
    {
        _guilds.TryGetValue(entry.Summary.GuildId, out var known);
        if (known is not null && (known.Version > entry.Version || known.Equals(entry))) return false;
        if (known is not null)
        {
            _guilds.Remove(known.Summary.GuildId);
            _byName.Remove(PlaceOf(known.Summary, GuildOrder.Name));
            _byLevel.Remove(PlaceOf(known.Summary, GuildOrder.Level));
        }

        if (entry.Summary.DisbandedAtMs != 0) return known is not null;
        _guilds.Add(entry.Summary.GuildId, entry);
        _byName.Add(PlaceOf(entry.Summary, GuildOrder.Name));
        _byLevel.Add(PlaceOf(entry.Summary, GuildOrder.Level));
        return true;
    }

    /// <summary>PAGE_INVALID, INVALID_ARGUMENT or OK.</summary>
    public static GameError Validate(SearchGuildsRequest query) =>
        query.Count > MaxPage || (query.Cursor.Length > 0 && Decode(query.Cursor, query.Order) is null)
            ? GameError.PageInvalid
            : Enum.IsDefined(query.Order) && query.Prefix.Length <= GuildNames.MaxLength
                ? GameError.Ok
                : GameError.InvalidArgument;

    /// <summary>
    /// The next guilds after the cursor, one more than the page has, so that one can tell whether it is the last.
    /// </summary>
    public IReadOnlyList<GuildSummary> Search(SearchGuildsRequest query)
    {
        var prefix = GuildNames.Fold(query.Prefix);
        var order = query.Order == GuildOrder.Name ? _byName : _byLevel;
        var after = Decode(query.Cursor, query.Order);
        var from = after ?? (query.Order == GuildOrder.Name ? new Place(prefix, 0) : default);
        var page = new List<GuildSummary>();
        if (order.Count == 0 || order.Max.CompareTo(from) < 0) return page;
        foreach (var place in order.GetViewBetween(from, order.Max))
        {
            var guild = _guilds[place.Guild].Summary;
            if (place.CompareTo(from) == 0 && after is not null) continue;
            var named = GuildNames.Fold(guild.Name).StartsWith(prefix, StringComparison.Ordinal);
            if (!named && query.Order == GuildOrder.Name) break;
            if (!named || !Fits(guild, query)) continue;
            page.Add(guild);
            if (page.Count > PageOf(query)) break;
        }

        return page;
    }

    /// <summary>One page out of what several directories have found.</summary>
    public static SearchGuildsReply Merge(SearchGuildsRequest query, IEnumerable<GuildSummary> found)
    {
        var all = found.OrderBy(guild => PlaceOf(guild, query.Order)).ToList();
        var reply = new SearchGuildsReply { Guilds = { all.Take(PageOf(query)) } };
        if (all.Count > PageOf(query)) reply.NextCursor = Encode(PlaceOf(reply.Guilds[^1], query.Order), query.Order);
        return reply;
    }

    private static int PageOf(SearchGuildsRequest query) => query.Count == 0 ? UsualPage : (int)query.Count;

    private static bool Fits(GuildSummary guild, SearchGuildsRequest query) =>
        guild.Level >= query.MinLevel
        && (query.MaxLevel == 0 || guild.Level <= query.MaxLevel)
        && guild.Cap >= (ulong)guild.Members + query.FreePlaces
        && (query.JoinMode == GuildJoinMode.Unspecified || guild.JoinMode == query.JoinMode);

    private static Place PlaceOf(GuildSummary guild, GuildOrder order)
    {
        var name = GuildNames.Fold(guild.Name);
        return new Place(order == GuildOrder.Name ? name : $"{9999 - guild.Level:d4}{name}", guild.GuildId);
    }

    private static string Encode(Place place, GuildOrder order) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{(int)order}/{place.Guild:x}/{place.Key}"));

    private static Place? Decode(string cursor, GuildOrder order)
    {
        var bytes = new byte[256];
        if (cursor.Length == 0 || !Convert.TryFromBase64String(cursor, bytes, out var length)) return null;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split('/', 3);
        return parts.Length == 3 && parts[0] == $"{(int)order}"
            && ulong.TryParse(parts[1], System.Globalization.NumberStyles.HexNumber, null, out var guild)
            ? new Place(parts[2], guild)
            : null;
    }

    private readonly record struct Place(string Key, ulong Guild) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            var order = string.CompareOrdinal(Key, other.Key);
            return order != 0 ? order : Guild.CompareTo(other.Guild);
        }
    }
}
