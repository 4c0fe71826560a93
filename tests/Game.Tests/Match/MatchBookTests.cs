using System.Collections.Immutable;

namespace GameBackend.Game.Tests;

public sealed class MatchBookTests
{
    [Fact]
    public void A_check_comes_back_with_those_who_were_ready_and_ends_as_it_would_have()
    {
        var (book, saved) = (Book("1v1"), new List<MatchQueueChange>());
        saved.Add(book.Add(TestTickets.Solo(1, 1500)));
        saved.Add(book.Add(TestTickets.Solo(2, 1500)));
        saved.Add(book.Round(0)!);
        var match = book.CheckOf(1)!.MatchId;
        saved.Add(book.Answer(1, match, Entrant(1), 10)!);
        var again = Book("1v1", saved);
        Assert.Equal([1ul], again.CheckOf(2)!.Ready.Select(entrant => entrant.PlayerId));
        Assert.Null(again.Answer(3, match, Entrant(3), 10));
        saved.Add(again.Answer(2, match, Entrant(2), 20)!);
        foreach (var last in new[] { again, Book("1v1", saved) })
        {
            var check = Assert.Single(last.Checks.Values);
            Assert.Equal(StoredCheckState.On, check.State);
            Assert.Equal(["p1", "p2"], check.Ready.Select(entrant => entrant.Name));
            Assert.True(last.Holds(1, 1));
        }

        saved.Add(again.Close(match));
        Assert.Empty(Book("1v1", saved).Checks);
        Assert.False(again.Holds(1, 1));
    }

    [Fact]
    public void Silence_returns_the_others_with_their_time_and_is_remembered()
    {
        var (book, saved) = (Book("1v1"), new List<MatchQueueChange>());
        saved.Add(book.Add(TestTickets.Solo(1, 1500, since: 100)));
        saved.Add(book.Add(TestTickets.Solo(2, 1500, since: 200)));
        saved.Add(book.Round(1000)!);
        var match = book.CheckOf(1)!.MatchId;
        saved.Add(book.Answer(1, match, Entrant(1), 2000)!);
        saved.Add(book.Round(20_000)!);
        foreach (var each in new[] { book, Book("1v1", saved) })
        {
            var check = each.Checks[match];
            Assert.Equal(StoredCheckState.Off, check.State);
            Assert.Equal([2ul], check.Absent);
            Assert.Equal([true, false], check.Tickets().OrderBy(ticket => ticket.Id).Select(check.WaitsOn));
            Assert.Equal(100, each.TicketOf(1)!.EnqueuedAtMs);
            Assert.Null(each.TicketOf(2));
            Assert.False(each.Holds(2, 2));
            Assert.True(each.IsEnding(2));
            Assert.False(each.IsEnding(3));
        }
    }

    [Fact]
    public void What_others_have_waited_is_still_known_when_a_book_comes_back()
    {
        var (book, saved) = (Book("1v1"), new List<MatchQueueChange>());
        for (var wait = 2; wait <= 10; wait += 2)
        {
            var first = (ulong)wait * 10;
            saved.Add(book.Add(TestTickets.Solo(first, 1500, since: 0)));
            saved.Add(book.Add(TestTickets.Solo(first + 1, 1500, since: 0)));
            saved.Add(book.Round(wait * 1000)!);
        }

        saved.Add(book.Add(TestTickets.Solo(1, 1500, since: 60_000)));
        foreach (var each in new[] { book, Book("1v1", saved), Book("1v1", [book.Snapshot()]) })
            Assert.Equal(6, each.StatusOf(1, 60_000)!.Value.EstimateSeconds);
    }

    [Theory]
    [InlineData("1v1", 1)]
    [InlineData("3v3", 2)]
    [InlineData("ffa8", 3)]
    public void Whatever_is_done_the_saved_changes_and_a_snapshot_make_the_same_book(string mode, int seed)
    {
        var random = new Random(seed);
        var (book, saved, now) = (Book(mode), new List<MatchQueueChange>(), 0L);
        for (var step = 0; step < 2000; step++)
        {
            now += random.Next(3000);
            if (Act(book, random, now, (ulong)step * 10) is { } change) saved.Add(change.Clone());
            if (random.Next(50) == 0) saved = [book.Snapshot().Clone()];
            if (step % 20 != 0) continue;
            AssertSame(book, Book(mode, saved), now);
            AssertOneEach(book);
        }

        Assert.NotEmpty(saved);
    }

    private static MatchQueueChange? Act(MatchBook book, Random random, long now, ulong ticket)
    {
        var player = (ulong)random.Next(1, 40);
        switch (random.Next(8))
        {
            case 6:
                return book.Withdraw(player, random.Next(3) == 0 ? 0 : player + (ulong)random.Next(2), now);
            case 7:
                return book.Leaving.Count == 0 ? null : book.Left(book.Leaving.Keys.First());
            case 0 or 1:
                var size = random.Next(1, book.Mode.Size + 1);
                var members = Enumerable.Range(0, size)
                    .Select(i => new TicketMember(player + (ulong)i, 1400 + random.Next(200), 10, "ranger"));
                var added = new MatchTicket(ticket + 1, [.. members], ImmutableDictionary<string, int>.Empty, now,
                    size > 1 ? 7 : 0);
                return book.Refusal(added) == GameError.Ok ? book.Add(added) : null;
            case 2:
                return book.Cancel(player, out _);
            case 3 or 4:
                return book.CheckOf(player) is { } check
                    ? book.Answer(player, check.MatchId, random.Next(8) > 0 ? Entrant(player) : null, now)
                    : book.Round(now);
            default:
                var over = book.Checks.Values.FirstOrDefault(each => each.State != StoredCheckState.Waiting);
                return over is null ? book.Round(now) : book.Close(over.MatchId);
        }
    }

    private static void AssertSame(MatchBook one, MatchBook other, long now)
    {
        Assert.Equal(Tickets(one), Tickets(other));
        Assert.Equal(one.Leaving.OrderBy(ticket => ticket.Key), other.Leaving.OrderBy(ticket => ticket.Key));
        Assert.Equal(
            one.Checks.Values.OrderBy(check => check.MatchId), other.Checks.Values.OrderBy(check => check.MatchId));
        for (var player = 1UL; player < 50; player++)
        {
            Assert.Equal(one.StatusOf(player, now)?.EstimateSeconds, other.StatusOf(player, now)?.EstimateSeconds);
            Assert.Equal(one.CheckOf(player), other.CheckOf(player));
        }
    }

    private static void AssertOneEach(MatchBook book)
    {
        var players = book.Snapshot().Waiting
            .Concat(book.Checks.Values.Where(check => check.State == StoredCheckState.Waiting)
                .SelectMany(check => check.Tickets()))
            .SelectMany(ticket => ticket.Members).Select(member => member.PlayerId).ToArray();
        Assert.Equal(players.Length, players.Distinct().Count());
    }

    private static IEnumerable<StoredTicket> Tickets(MatchBook book) =>
        book.Snapshot().Waiting.OrderBy(ticket => ticket.Id);

    private static MatchBook Book(string mode, IEnumerable<MatchQueueChange>? saved = null) =>
        new(TestTickets.Mode(mode), TestTickets.Regions, 1, (saved ?? []).Select(change => change.Clone()));

    private static StoredEntrant Entrant(ulong player) => new() { PlayerId = player, Name = $"p{player}" };
}
