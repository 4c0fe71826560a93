namespace GameBackend.Game.Tests;

public sealed class LedgerRulesTests
{
    private const int Page = LedgerRules.PageSize;

    [Fact]
    public void A_page_is_taken_once_the_tail_is_longer_than_its_limit()
    {
        var player = WithEntries(LedgerRules.TailLimit);
        Assert.Null(LedgerRules.TakePage(player.State));
        Book(player);
        var before = player.State.ToByteArray();
        var page = LedgerRules.TakePage(player.State)!;
        Assert.Equal(before, player.State.ToByteArray());
        Assert.Equal(Range(1, Page), page.Entries.Select(e => e.Seq));
        Assert.Equal(0UL, LedgerRules.NumberOf(page));
        Assert.Equal(page, LedgerRules.TakePage(player.State)); // Cut in between, the same page is taken again.
    }

    [Fact]
    public void An_archived_page_leaves_the_tail_once()
    {
        var player = WithEntries(2 * Page);
        var page = LedgerRules.TakePage(player.State)!;
        LedgerRules.Archived(player.State, page);
        LedgerRules.Archived(player.State, page);
        Assert.Equal(Range(Page + 1, Page), player.State.Ledger.Select(e => e.Seq));
        Assert.Equal((ulong)Page, player.State.LedgerArchivedThrough);
        Assert.Equal(2 * (ulong)Page + 1, player.State.LedgerNextSeq);
        Assert.Null(LedgerRules.TakePage(player.State));
    }

    [Fact]
    public void A_page_that_would_leave_a_hole_is_not_dropped()
    {
        var player = WithEntries(130);
        var first = LedgerRules.TakePage(player.State)!;
        var ahead = player.State.Clone();
        LedgerRules.Archived(ahead, first);
        var second = LedgerRules.TakePage(ahead)!;
        Assert.Equal(1UL, LedgerRules.NumberOf(second));
        Assert.Throws<ArgumentException>(() => LedgerRules.Archived(player.State, second));
        Assert.Equal(130, player.State.Ledger.Count);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 50)]
    [InlineData(64, 32)]
    [InlineData(200, 1)]
    [InlineData(200, 7)]
    [InlineData(200, 32)]
    [InlineData(200, 100)]
    public void Pages_of_any_size_read_everything_newest_first(int entries, uint count)
    {
        var player = WithEntries(entries);
        var archive = Archive(player.State);
        var read = new List<ulong>();
        ulong before = 0;
        do
        {
            var reply = Read(player.State, archive, before, count);
            Assert.True(reply.Entries.Count == count || reply.NextBeforeSeq == 0);
            read.AddRange(reply.Entries.Select(e => e.Seq));
            before = reply.NextBeforeSeq;
        }
        while (before != 0);
        Assert.Equal(Range(1, entries).Reverse(), read);
    }

    [Fact]
    public void Reading_starts_anywhere()
    {
        var player = WithEntries(200);
        var archive = Archive(player.State);
        Assert.Equal([40UL, 39UL, 38UL], Read(player.State, archive, 41, 3).Entries.Select(e => e.Seq));
        Assert.Equal([200UL, 199UL], Read(player.State, archive, ulong.MaxValue, 2).Entries.Select(e => e.Seq));
        Assert.Equal(50, Read(player.State, archive, 0, 0).Entries.Count);
        Assert.Empty(Read(player.State, archive, 1, 10).Entries);
        Assert.Equal(0UL, Read(player.State, archive, 1, 10).NextBeforeSeq);
    }

    [Fact]
    public void A_reading_that_the_tail_can_answer_needs_no_page() =>
        Assert.Null(
            LedgerRules.ReadTail(WithEntries(LedgerRules.TailLimit).State, 0, LedgerRules.TailLimit).MissingPage);

    [Fact]
    public void More_than_100_entries_are_refused()
    {
        var reading = LedgerRules.ReadTail(WithEntries(200).State, 0, 101);
        Assert.Equal(GameError.PageInvalid, reading.Error);
        Assert.Null(reading.MissingPage);
        Assert.Equal(GameError.PageInvalid, LedgerRules.ReadTail(WithEntries(2).State, 0, uint.MaxValue).Error);
    }

    [Fact]
    public void A_wrong_or_broken_page_is_not_taken_for_the_missing_one()
    {
        var player = WithEntries(200);
        var archive = Archive(player.State);
        var reading = LedgerRules.ReadTail(player.State, 70, 100);
        Assert.Equal(LedgerRules.PageOf(69), reading.MissingPage);
        Assert.Throws<ArgumentException>(() => reading.Add(archive[0]));
        Assert.Throws<ArgumentException>(() => reading.Add(new LedgerPage()));
        reading.Add(archive[LedgerRules.PageOf(69)]);
        var holed = archive[LedgerRules.PageOf(69) - 1].Clone();
        holed.Entries.RemoveAt(5);
        Assert.Throws<ArgumentException>(() => reading.Add(holed));
    }

    internal static Dictionary<ulong, LedgerPage> Archive(PlayerState state)
    {
        var archive = new Dictionary<ulong, LedgerPage>();
        while (LedgerRules.TakePage(state) is { } page)
        {
            archive.Add(LedgerRules.NumberOf(page), page);
            LedgerRules.Archived(state, page);
        }

        return archive;
    }

    internal static ReadLedgerReply Read(
        PlayerState state, Dictionary<ulong, LedgerPage> archive, ulong before, uint count)
    {
        var reading = LedgerRules.ReadTail(state, before, count);
        Assert.Equal(GameError.Ok, reading.Error);
        while (reading.MissingPage is { } page) reading.Add(archive[page]);
        return reading.ToReply();
    }

    private static TestPlayer WithEntries(int count)
    {
        var player = TestPlayer.Created();
        player.State.Ledger.Clear();
        player.State.LedgerNextSeq = 0;
        for (var i = 0; i < count; i++) Book(player);
        return player;
    }

    private static void Book(TestPlayer player) => Assert.True(
        WalletRules.Book(player.State, player.Catalogue, player.NextAct(), "gold", 1, "test").Ok);

    private static IEnumerable<ulong> Range(int from, int count) => Enumerable.Range(from, count).Select(i => (ulong)i);
}
