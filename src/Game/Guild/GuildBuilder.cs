using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>Checks what the catalogue says of guilds.</summary>
internal sealed class GuildBuilder(
    GainsBuilder gains, IReadOnlyDictionary<string, CurrencyDefinition> currencies, CatalogueProblems problems)
{
    /// <summary>The most members that any guild can have.</summary>
    public const long CapLimit = 200;

    private const long LevelLimit = 100;
    private const long HoursLimit = 24 * 365;
    private const long ListLimit = 200;
    private const long UnitLimit = 1_000_000;

    public GuildDefinition Build(GuildSection? section)
    {
        if (section is null)
        {
            problems.Add("guild: is missing");
            section = new GuildSection();
        }

        var levels = BuildLevels(section.Levels ?? []);
        return new GuildDefinition(
            gains.BuildMoney("guild", "fee", section.Fee),
            levels,
            problems.ById("guild donation", (section.Donations ?? []).OfType<GuildDonationEntry>(), d => d.Currency)
                .ToFrozenDictionary(pair => pair.Key, pair => BuildDonation(pair.Key, pair.Value)),
            problems.ById("guild offer", (section.Shop ?? []).OfType<GuildOfferEntry>(), offer => offer.Id)
                .ToFrozenDictionary(pair => pair.Key, pair => BuildOffer(pair.Key, pair.Value, levels.Length)),
            BuildRights(section.Rights ?? []),
            (int)problems.InRange("guild", "requestLimit", section.RequestLimit, 1, ListLimit),
            (int)problems.InRange("guild", "invitationLimit", section.InvitationLimit, 1, ListLimit),
            (int)problems.InRange("guild", "banLimit", section.BanLimit, 1, ListLimit),
            Hours("requestHours", section.RequestHours),
            Hours("invitationHours", section.InvitationHours),
            Hours("successionHours", section.SuccessionHours));
    }

    private TimeSpan Hours(string what, long hours) =>
        TimeSpan.FromHours(problems.InRange("guild", what, hours, 1, HoursLimit));

    private ImmutableArray<GuildLevel> BuildLevels(List<GuildLevelEntry?> entries)
    {
        if (entries.Count is 0 or > (int)LevelLimit)
            problems.Add($"guild: has {entries.Count} levels, not 1 to {LevelLimit}");
        var levels = ImmutableArray.CreateBuilder<GuildLevel>();
        foreach (var entry in entries.OfType<GuildLevelEntry>())
        {
            var owner = $"guild level {levels.Count + 1}";
            var first = levels.Count == 0;
            var cost = problems.InRange(
                owner, "cost", entry.Cost, first ? 0 : 1, first ? 0 : CatalogueBuilder.AmountLimit);
            levels.Add(new GuildLevel(
                cost, (uint)problems.InRange(owner, "cap", entry.Cap, first ? 1 : levels[^1].Cap, CapLimit)));
        }

        if (levels.Count == 0) levels.Add(new GuildLevel(0, 1));
        return levels.ToImmutable();
    }

    private GuildDonation BuildDonation(string currency, GuildDonationEntry entry)
    {
        var owner = $"guild donation '{currency}'";
        problems.Resolve(owner, "currency", currency, currencies);
        return new GuildDonation(
            currency,
            problems.InRange(owner, "unit", entry.Unit, 1, UnitLimit),
            problems.InRange(owner, "funds", entry.Funds, 1, UnitLimit),
            problems.InRange(owner, "points", entry.Points, 0, UnitLimit));
    }

    private GuildGoods BuildOffer(string id, GuildOfferEntry entry, int levels)
    {
        var owner = $"guild offer '{id}'";
        var built = gains.Build(owner, new GainsEntry(0, entry.Currencies, entry.Items, null, 0));
        if (built.IsNothing) problems.Add($"{owner}: sells nothing");
        if (built.Currencies.Length + built.Items.Length > ValueRules.MaxEntries)
            problems.Add($"{owner}: sells more than {ValueRules.MaxEntries} things at once");
        return new GuildGoods(
            id,
            built,
            problems.InRange(owner, "points", entry.Points, 1, CatalogueBuilder.AmountLimit),
            (uint)problems.InRange(owner, "level", entry.Level, 1, levels),
            (uint)problems.InRange(owner, "dailyLimit", entry.DailyLimit, 0, GuildRules.MostBoughtAtOnce));
    }

    private ImmutableArray<GuildRights> BuildRights(List<GuildRightsEntry?> entries)
    {
        var built = new List<GuildRights>();
        foreach (var entry in entries.OfType<GuildRightsEntry>())
        {
            var rights = new GuildRights { Rank = problems.Choose<GuildRank>("guild rights", "rank", entry.Rank) };
            foreach (var word in entry.Permissions ?? [])
                rights.Permissions.Add(problems.Choose<GuildPermission>("guild rights", "permission", word));
            if (GuildRules.ValidateRights(rights) != GameError.Ok || built.Any(other => other.Rank == rights.Rank))
                problems.Add($"guild rights: those of '{entry.Rank}' make no sense");
            built.Add(rights);
        }

        return [.. built.OrderBy(rights => rights.Rank)];
    }
}

internal sealed record GuildSection
{
    public MoneyEntry? Fee { get; init; }

    public List<GuildLevelEntry?>? Levels { get; init; }

    public List<GuildDonationEntry?>? Donations { get; init; }

    public List<GuildOfferEntry?>? Shop { get; init; }

    public List<GuildRightsEntry?>? Rights { get; init; }

    public long RequestLimit { get; init; } = 100;

    public long InvitationLimit { get; init; } = 100;

    public long BanLimit { get; init; } = 200;

    public long RequestHours { get; init; } = 168;

    public long InvitationHours { get; init; } = 168;

    public long SuccessionHours { get; init; } = 336;
}

internal sealed record GuildLevelEntry(long Cost, long Cap);

internal sealed record GuildDonationEntry(string? Currency, long Unit, long Funds, long Points);

internal sealed record GuildOfferEntry(
    string? Id,
    List<MoneyEntry?>? Currencies,
    List<ItemCountEntry?>? Items,
    long Points,
    long Level = 1,
    long DailyLimit = 0);

internal sealed record GuildRightsEntry(string? Rank, List<string?>? Permissions);
