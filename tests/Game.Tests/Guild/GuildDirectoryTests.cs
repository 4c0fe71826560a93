namespace GameBackend.Game.Tests;

public sealed class GuildDirectoryTests
{
    [Fact]
    public void A_listing_over_several_directories_has_every_guild_once_in_order()
    {
        var guilds = Enumerable.Range(1, 57).Select(i => Guild((ulong)i, $"Guild {i * 37 % 100:d2}", (uint)(i % 5) + 1))
            .ToList();
        var shards = Fill(guilds);
        Assert.Equal(guilds.Select(guild => guild.Name).Order(StringComparer.Ordinal),
            All(shards, new SearchGuildsRequest { Count = 10 }).Select(guild => guild.Name));
        Assert.Equal(
            guilds.OrderByDescending(guild => guild.Level).ThenBy(guild => guild.Name, StringComparer.Ordinal),
            All(shards, new SearchGuildsRequest { Count = 7, Order = GuildOrder.Level }));
    }

    [Fact]
    public void Guilds_are_found_by_prefix_level_places_and_mode()
    {
        var shards = Fill(
            [
                Guild(1, "Wolves", 3), Guild(2, "wolfpack", 1), Guild(3, "Bears", 2),
                Guild(4, "Wo", 2, members: 50), Guild(5, "Wombats", 2, mode: GuildJoinMode.Open),
            ]);
        Assert.Equal([4ul, 2ul, 1ul, 5ul], Ids(shards, new() { Prefix = "WO" }));
        Assert.Equal([2ul, 1ul], Ids(shards, new() { Prefix = "wol" }));
        Assert.Equal([3ul, 4ul, 1ul, 5ul], Ids(shards, new() { MinLevel = 2 }));
        Assert.Equal([3ul, 4ul, 5ul], Ids(shards, new() { MinLevel = 2, MaxLevel = 2 }));
        Assert.Equal([3ul, 5ul], Ids(shards, new() { MinLevel = 2, MaxLevel = 2, FreePlaces = 1 }));
        Assert.Empty(Ids(shards, new() { FreePlaces = 50 }));
        Assert.Empty(Ids(shards, new() { FreePlaces = uint.MaxValue }));
        Assert.Equal([5ul], Ids(shards, new() { JoinMode = GuildJoinMode.Open }));
        Assert.Equal([1ul, 5ul, 2ul], Ids(shards, new() { Prefix = "wo", FreePlaces = 1, Order = GuildOrder.Level }));
        Assert.Empty(Ids(shards, new() { Prefix = "zebras" }));
        Assert.Empty(Ids(Fill([]), new()));
    }

    [Fact]
    public void A_page_goes_on_although_the_guild_at_its_end_is_gone()
    {
        var shards = Fill([Guild(1, "Aaa", 1), Guild(2, "Bbb", 1), Guild(3, "Ccc", 1)]);
        var query = new SearchGuildsRequest { Count = 2 };
        var first = Page(shards, query);
        foreach (var shard in shards)
            shard.Report(new GuildEntry { Version = 9, Summary = Guild(2, "Bbb", 1, disbanded: true) });
        query.Cursor = first.NextCursor;
        Assert.Equal([3ul], Page(shards, query).Guilds.Select(guild => guild.GuildId));
    }

    [Fact]
    public void An_older_report_changes_nothing()
    {
        var directory = new GuildDirectory();
        Assert.True(directory.Report(new GuildEntry { Version = 5, Summary = Guild(1, "Aaa", 2) }));
        Assert.False(directory.Report(new GuildEntry { Version = 4, Summary = Guild(1, "Aaa", 1) }));
        Assert.Equal(2u, Assert.Single(directory.Entries).Summary.Level);
    }

    [Theory]
    [InlineData("nonsense", 0u, GuildOrder.Name, GameError.PageInvalid)]
    [InlineData("", 51u, GuildOrder.Name, GameError.PageInvalid)]
    [InlineData("", 50u, GuildOrder.Level, GameError.Ok)]
    [InlineData("", 0u, (GuildOrder)7, GameError.InvalidArgument)]
    public void Queries_are_checked(string cursor, uint count, GuildOrder order, GameError error) => Assert.Equal(
        error, GuildDirectory.Validate(new SearchGuildsRequest { Cursor = cursor, Count = count, Order = order }));

    [Fact]
    public void A_cursor_of_another_order_is_refused()
    {
        var shards = Fill([Guild(1, "Aaa", 1), Guild(2, "Bbb", 1)]);
        var cursor = Page(shards, new SearchGuildsRequest { Count = 1 }).NextCursor;
        Assert.Equal(GameError.PageInvalid, GuildDirectory.Validate(
            new SearchGuildsRequest { Cursor = cursor, Order = GuildOrder.Level }));
    }

    private static GuildSummary Guild(
        ulong id, string name, uint level, uint members = 1, GuildJoinMode mode = GuildJoinMode.Request,
        bool disbanded = false) => new()
        {
            GuildId = id,
            Name = name,
            Level = level,
            Members = members,
            Cap = 50,
            JoinMode = mode,
            DisbandedAtMs = disbanded ? 1 : 0,
        };

    private static GuildDirectory[] Fill(IEnumerable<GuildSummary> guilds)
    {
        GuildDirectory[] shards = [new(), new(), new()];
        foreach (var guild in guilds)
            shards[guild.GuildId % 3].Report(new GuildEntry { Summary = guild, Version = 1 });
        return shards;
    }

    private static SearchGuildsReply Page(GuildDirectory[] shards, SearchGuildsRequest query)
    {
        Assert.Equal(GameError.Ok, GuildDirectory.Validate(query));
        return GuildDirectory.Merge(query, shards.SelectMany(shard => shard.Search(query)));
    }

    private static List<GuildSummary> All(GuildDirectory[] shards, SearchGuildsRequest query)
    {
        var all = new List<GuildSummary>();
        do
        {
            var page = Page(shards, query);
            Assert.True(page.Guilds.Count <= query.Count);
            all.AddRange(page.Guilds);
            query.Cursor = page.NextCursor;
        }
        while (query.Cursor.Length > 0);
        return all;
    }

    private static IEnumerable<ulong> Ids(GuildDirectory[] shards, SearchGuildsRequest query) =>
        All(shards, new SearchGuildsRequest(query) { Count = 2 }).Select(guild => guild.GuildId);
}
