namespace GameBackend.Game.Tests;

/// <summary>Who is to blame for a ready check that fails, in every way in which one can.</summary>
public sealed class ReadyCheckBlameTests
{
    private const ulong Leader = 1;
    private const ulong Mate = 2;
    private const ulong Stranger = 10;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kick_is_the_kickers_fault_whether_the_kicked_one_was_ready_or_not(bool ready)
    {
        var queue = Asked(ready ? Mate : Stranger);
        var outcome = queue.Withdraw(Mate, Leader, 100)!;
        Assert.Equal([Leader], outcome.Absent.ToArray());
        Assert.Equal([Stranger, 20UL], outcome.Returned.Select(ticket => ticket.Id).Order());
        Assert.Null(queue.TicketOf(Mate));
        Assert.Null(queue.CheckOf(Leader));
    }

    [Fact]
    public void Who_leaves_after_having_been_ready_has_caused_the_end()
    {
        var outcome = Asked(Mate).Withdraw(Mate, Mate, 100)!;
        Assert.Equal([Mate], outcome.Absent.ToArray());
        Assert.Equal([Stranger, 20UL], outcome.Returned.Select(ticket => ticket.Id).Order());
    }

    [Fact]
    public void What_no_player_has_caused_is_nobodys_fault()
    {
        var outcome = Asked().Withdraw(Mate, 0, 100)!;
        Assert.Empty(outcome.Absent);
        Assert.Equal([Stranger, 20UL], outcome.Returned.Select(ticket => ticket.Id).Order());
    }

    [Fact]
    public void A_ticket_that_is_taken_out_too_late_does_not_wait_on_and_the_silent_are_to_blame()
    {
        var outcome = Asked(Leader, Mate).Withdraw(Mate, Leader, 60_000)!;
        Assert.Equal([Stranger], outcome.Absent.ToArray());
        Assert.Equal([20UL], outcome.Returned.Select(ticket => ticket.Id));
    }

    [Fact]
    public void Silence_towards_a_server_that_was_not_there_is_nobodys_fault()
    {
        var book = new MatchBook(TestTickets.Mode("1v1"), TestTickets.Regions, 1, []);
        MatchQueueChange[] saved =
            [book.Add(TestTickets.Solo(1, 1500)), book.Add(TestTickets.Solo(2, 1500)), book.Round(0)!];
        var again = new MatchBook(TestTickets.Mode("1v1"), TestTickets.Regions, 1, saved);
        var check = Assert.Single(again.Round(60_000)!.Checks);
        Assert.Equal((StoredCheckState.Off, 0), (check.State, check.Absent.Count));
        Assert.All(check.Tickets(), ticket => Assert.True(check.WaitsOn(ticket)));
        Assert.NotNull(again.TicketOf(1));
    }

    [Fact]
    public void Who_was_ready_and_caused_nothing_is_never_to_blame()
    {
        var random = new Random(3);
        for (var round = 0; round < 500; round++)
        {
            var players = new[] { Leader, Mate, Stranger };
            var ready = players.Where(_ => random.Next(2) == 0).Take(2).ToArray();
            var queue = Asked(ready);
            var (player, by) = (players[random.Next(3)], players[random.Next(3)]);
            var now = random.Next(30_000);
            ReadyOutcome? outcome = null;
            switch (random.Next(3))
            {
                case 0:
                    by = player;
                    queue.Answer(player, queue.CheckOf(player)!.Match.Id, false, now, out outcome);
                    break;
                case 1:
                    outcome = queue.Withdraw(player, by, now);
                    break;
                default:
                    by = 0;
                    outcome = queue.Expire(now).SingleOrDefault();
                    break;
            }

            if (outcome is null) continue;
            Assert.DoesNotContain(outcome.Absent, absent => absent != by && ready.Contains(absent));
            Assert.NotEmpty(outcome.Absent);
        }
    }

    /// <summary>A team of two and one alone are asked; some are ready.</summary>
    private static MatchQueue Asked(params ulong[] ready)
    {
        var queue = TestTickets.Queue(
            "3v3", TestTickets.Team(Leader, 2, 1500), TestTickets.Solo(Stranger, 1500), TestTickets.Team(20, 3, 1500));
        var check = Assert.Single(queue.Round(0));
        foreach (var player in ready.Concat([20UL, 21UL, 22UL]))
            queue.Answer(player, check.Match.Id, true, 10, out _);
        return queue;
    }
}
