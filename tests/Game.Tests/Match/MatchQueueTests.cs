using static GameBackend.Game.Tests.TestTickets;

namespace GameBackend.Game.Tests;

public sealed class MatchQueueTests
{
    [Fact]
    public void The_nearest_in_rating_are_matched()
    {
        var queue = Queue("1v1", Solo(1, 1500), Solo(2, 1550), Solo(3, 1510), Solo(4, 1900));
        var match = Assert.Single(queue.Round(0)).Match;
        Assert.Equal([1UL, 3UL], match.Members.Select(m => m.PlayerId).Order());
        Assert.Equal(2, queue.Waiting);
    }

    [Fact]
    public void Windows_widen_with_waiting_by_the_curve()
    {
        var mode = Mode("1v1");
        Assert.Equal((60, 60), MatchWindow.At(mode, 0));
        Assert.Equal((90, 80), MatchWindow.At(mode, 5_000));
        Assert.Equal((120, 100), MatchWindow.At(mode, 10_000));
        Assert.Equal((2000, 400), MatchWindow.At(mode, 10_000_000));
        var queue = Queue("1v1", Solo(1, 1500), Solo(2, 1600));
        Assert.Empty(queue.Round(0));
        Assert.Empty(queue.Round(6_000));
        Assert.Single(queue.Round(7_000));
    }

    [Fact]
    public void Both_windows_count_until_one_is_overdue()
    {
        var queue = Queue("1v1", Solo(1, 1500), Solo(2, 1700, since: 60_000));
        Assert.Empty(queue.Round(60_000));
        Assert.Single(queue.Round(90_000));
    }

    [Fact]
    public void Teams_stay_whole_and_sides_are_full()
    {
        var queue = Queue(
            "3v3", Team(10, 2, 1500), Team(20, 2, 1500), Solo(30, 1500), Solo(31, 1500), Team(40, 3, 1900));
        var match = Assert.Single(queue.Round(0)).Match;
        Assert.All(match.Sides, side => Assert.Equal([1, 2], side.Select(t => t.Members.Length).Order()));
        Assert.Equal([0, 0], match.Bots.ToArray());
    }

    [Fact]
    public void Teams_that_fit_into_no_sides_wait()
    {
        var queue = Queue("3v3", Team(10, 2, 1500), Team(20, 2, 1500), Team(30, 2, 1500));
        Assert.Empty(queue.Round(100_000));
    }

    [Fact]
    public void The_oldest_is_matched_however_many_others_stand_between()
    {
        var crowd = Enumerable.Range(0, 300).Select(i => Solo((ulong)i + 10, 1500, since: 600_000).In(("eu", 20)));
        var queue = Queue("1v1",
            [Solo(1, 1200).In(("us", 20)), Solo(2, 1800, since: 1).In(("us", 20)), .. crowd]);
        Assert.Equal([1UL, 2UL], queue.Round(600_000)[0].Match.Members.Select(m => m.PlayerId));
    }

    [Fact]
    public void The_oldest_is_matched_although_most_teams_do_not_fit()
    {
        var duos = Enumerable.Range(0, 70).Select(i => Team((ulong)(10 + (2 * i)), 2, 1500));
        var queue = new MatchQueue(Mode("3v3") with { FillAfterSeconds = 0 }, Regions);
        foreach (var ticket in (MatchTicket[])[.. duos, Solo(1, 1200), Solo(2, 1800)])
            queue.Add(ticket);
        var match = Assert.Single(queue.Round(600_000)).Match;
        Assert.All(match.Sides, side => Assert.Equal([1, 2], side.Select(t => t.Members.Length).Order()));
    }

    [Fact]
    public void The_oldest_is_matched_although_the_nearest_leads_nowhere()
    {
        var queue = new MatchQueue(Mode("3v3") with { FillAfterSeconds = 0 }, Regions);
        foreach (var ticket in (MatchTicket[])
            [Team(10, 2, 1500), Team(20, 2, 1501, since: 1), Team(30, 3, 1510, since: 1), Solo(40, 1520, since: 1)])
            queue.Add(ticket);
        var match = Assert.Single(queue.Round(600_000)).Match;
        Assert.Equal([10UL, 11UL, 30UL, 31UL, 32UL, 40UL], match.Members.Select(m => m.PlayerId).Order());
    }

    [Fact]
    public void The_oldest_is_matched_although_the_nearest_is_too_far_from_all_others()
    {
        var others = Enumerable.Range(0, 5).Select(i => Solo((ulong)i + 10, 1510, since: 1).In(("us", 20)));
        var queue = new MatchQueue(Mode("3v3") with { FillAfterSeconds = 0 }, Regions);
        foreach (var ticket in (MatchTicket[])
            [Solo(1, 1500).In(("eu", 20), ("us", 30)), Solo(2, 1501, since: 1).In(("eu", 20)), .. others])
            queue.Add(ticket);
        var match = Assert.Single(queue.Round(600_000)).Match;
        Assert.Equal([1UL, 10UL, 11UL, 12UL, 13UL, 14UL], match.Members.Select(m => m.PlayerId).Order());
    }

    [Theory, InlineData(2, 1, 1), InlineData(2, 3, 6), InlineData(2, 5, 25), InlineData(8, 1, 1), InlineData(3, 2, 4)]
    public void Sides_are_made_up_of_teams_in_every_way_once(int sides, int size, int ways)
    {
        var found = SideMakeUps.Of(sides, size);
        Assert.All(found, way => Assert.Equal(sides * size, way.Select((teams, team) => teams * team).Sum()));
        Assert.Equal(ways, found.Select(way => string.Join(',', way)).Distinct().Count());
        Assert.Equal(ways, found.Count);
    }

    [Fact]
    public void Sides_are_balanced_by_rating()
    {
        int[] ratings = [1540, 1500, 1500, 1520, 1460, 1480];
        var queue = Queue("3v3", [.. ratings.Select((rating, i) => Solo((ulong)i + 1, rating))]);
        var match = Assert.Single(queue.Round(60_000)).Match;
        Assert.Equal(0, match.SideGap, 6);
    }

    [Fact]
    public void Sides_are_balanced_by_role()
    {
        string[] roles = ["keeper", "ranger", "guard", "keeper", "guard", "ranger"];
        var queue = Queue("3v3", [.. roles.Select((role, i) => Solo((ulong)i + 1, 1500 + i, role: role))]);
        var match = Assert.Single(queue.Round(0)).Match;
        Assert.All(match.Sides, side =>
            Assert.Equal(3, side.SelectMany(t => t.Members).Select(m => m.Role).Distinct().Count()));
    }

    [Fact]
    public void Players_meet_in_a_region_that_is_near_enough_for_all()
    {
        var queue = Queue(
            "1v1",
            Solo(1, 1500).In(("eu", 20), ("us", 90)),
            Solo(2, 1500).In(("us", 30), ("asia", 40)));
        Assert.Empty(queue.Round(0));
        Assert.Equal("us", Assert.Single(queue.Round(9_000)).Match.Region);
    }

    [Fact]
    public void Far_from_everywhere_the_nearest_region_still_counts()
    {
        var queue = Queue("1v1", Solo(1, 1500).In(("eu", 900), ("us", 950)), Solo(2, 1500).In(("eu", 10)));
        Assert.Equal("eu", Assert.Single(queue.Round(0)).Match.Region);
    }

    [Fact]
    public void The_oldest_ticket_never_starves()
    {
        // Players of 1500 come all the time and match each other; one of 2200, once overdue, takes one of them.
        var queue = Queue("1v1", Solo(1, 2200));
        for (var second = 0; second < 91; second++)
        {
            var player = (ulong)(100 + (second * 2));
            queue.Add(Solo(player, 1500, second * 1000));
            queue.Add(Solo(player + 1, 1500, second * 1000));
            var matched = queue.Round(second * 1000).Any(check => check.Match.Members.Any(m => m.PlayerId == 1));
            Assert.Equal(second == 90, matched);
        }
    }

    [Fact]
    public void Bots_fill_up_after_a_while_where_the_mode_says_so()
    {
        var queue = Queue("3v3", Team(10, 2, 1500), Solo(20, 1500));
        Assert.Empty(queue.Round(149_000));
        var match = Assert.Single(queue.Round(150_000)).Match;
        Assert.Equal(3, match.Bots.Sum());
        Assert.Equal(3, match.Members.Count());
        Assert.DoesNotContain(match.Sides, side => side.IsEmpty);
    }

    [Fact]
    public void A_player_has_one_ticket()
    {
        var queue = Queue("1v1", Solo(1, 1500));
        Assert.Equal(GameError.MatchAlreadyQueued, queue.Add(Solo(1, 1500)));
        queue.Add(Solo(2, 1500));
        queue.Round(0);
        Assert.Equal(GameError.MatchAlreadyQueued, queue.Add(Solo(1, 1500)));
        Assert.Equal(GameError.MatchTeamSize, queue.Add(Team(5, 2, 1500)));
        Assert.Equal(GameError.MatchTeamSize, queue.Add(Solo(6, 1) with { Members = [] }));
        Assert.Equal(GameError.MatchRegionUnknown, queue.Add(Solo(7, 1500).In(("moon", 1))));
        Assert.Equal(GameError.MatchLevel, queue.Add(Solo(8, 1500, level: 0)));
    }

    [Fact]
    public void Cancelling_takes_the_whole_team_out_and_comes_too_late_once_matched()
    {
        var queue = Queue("3v3", Team(10, 3, 1500), Team(20, 3, 1500), Team(30, 3, 1500, since: 1));
        Assert.Equal(GameError.Ok, queue.Cancel(31, out var ticket));
        Assert.Equal(30UL, ticket!.Id);
        Assert.Equal(GameError.MatchNotQueued, queue.Cancel(30, out _));
        queue.Round(0);
        Assert.Equal(GameError.MatchNotQueued, queue.Cancel(10, out _));
    }

    [Fact]
    public void When_all_are_ready_the_match_is_on()
    {
        var queue = Queue("1v1", Solo(1, 1500), Solo(2, 1500));
        var match = Assert.Single(queue.Round(0)).Match;
        Assert.Equal(GameError.MatchNoReadyCheck, queue.Answer(3, match.Id, true, 1, out _));
        Assert.Equal(GameError.MatchNoReadyCheck, queue.Answer(1, match.Id + 1, true, 1, out _));
        queue.Answer(1, match.Id, true, 1, out var outcome);
        Assert.Null(outcome);
        queue.Answer(1, match.Id, true, 1, out outcome);
        Assert.Null(outcome);
        queue.Answer(2, match.Id, true, 1, out outcome);
        Assert.True(outcome!.IsOn);
        Assert.Equal(GameError.MatchNoReadyCheck, queue.Answer(2, match.Id, false, 1, out _));
        Assert.Equal(0, queue.Waiting);
    }

    [Fact]
    public void Whoever_declines_is_out_and_the_others_keep_their_waiting_time()
    {
        var queue = Queue(
            "3v3", Team(10, 3, 1500, since: 100), Team(20, 2, 1500, since: 200), Solo(30, 1500, since: 300));
        var match = Assert.Single(queue.Round(1000)).Match;
        queue.Answer(20, match.Id, false, 2000, out var outcome);
        Assert.False(outcome!.IsOn);
        Assert.Equal([20UL], outcome.Absent.ToArray());
        Assert.Equal([(10UL, 100L), (30UL, 300L)], queue.Tickets.Select(t => (t.Id, t.EnqueuedAtMs)).Order());
    }

    [Fact]
    public void Silence_is_a_no()
    {
        var queue = Queue("1v1", Solo(1, 1500), Solo(2, 1500));
        var match = Assert.Single(queue.Round(0)).Match;
        queue.Answer(2, match.Id, true, 0, out _);
        Assert.Empty(queue.Expire(14_999));
        Assert.Equal([1UL], Assert.Single(queue.Expire(15_000)).Absent.ToArray());
        Assert.Equal([2UL], queue.Tickets.Select(ticket => ticket.Id));
    }

    [Fact]
    public void An_answer_after_the_deadline_is_too_late()
    {
        var queue = Queue("1v1", Solo(1, 1500), Solo(2, 1500));
        var match = Assert.Single(queue.Round(0)).Match;
        queue.Answer(1, match.Id, true, 10, out _);
        queue.Answer(2, match.Id, true, 15_000, out var outcome);
        Assert.False(outcome!.IsOn);
        Assert.Equal([2UL], outcome.Absent.ToArray());
    }

    [Fact]
    public void The_waiting_player_learns_place_estimate_and_what_is_missing()
    {
        var queue = Queue("3v3", Solo(1, 1500), Solo(2, 1500, since: 5_000), Solo(3, 1500, since: 6_000));
        queue.Round(10_000);
        Assert.Equal(new WaitingStatus(2, -1, 3, 106), queue.StatusOf(2, 10_000));
        for (var wait = 10; wait <= 50; wait += 10) queue.Estimates.Add(1450, wait * 1000);
        Assert.Equal(25, queue.StatusOf(2, 10_000)!.Value.EstimateSeconds);
        Assert.Equal(15, queue.StatusOf(1, 35_000)!.Value.EstimateSeconds);
        Assert.Null(queue.StatusOf(9, 0));
    }

    [Theory]
    [InlineData("1v1", 1)]
    [InlineData("3v3", 2)]
    [InlineData("ffa8", 3)]
    public void Random_queueing_loses_nobody_and_doubles_nobody(string mode, int seed)
    {
        var random = new Random(seed);
        var definition = Mode(mode);
        var queue = new MatchQueue(definition, Regions);
        var (where, next, on, failed) = (new Dictionary<ulong, string>(), 1UL, 0, 0);
        for (var now = 0L; now < 400_000; now += 500)
        {
            for (var i = random.Next(5); i > 0; i--) Join();
            if (random.Next(4) == 0 && queue.Tickets.FirstOrDefault() is { } ticket) Cancel(ticket.Members[0].PlayerId);
            foreach (var check in queue.Round(now)) Check(check.Match);
            foreach (var check in queue.Checks.ToArray()) Answer(check);
            foreach (var outcome in queue.Expire(now)) Note(outcome);
            Assert.Equal(where.Count, queue.Tickets.Concat(queue.Checks.SelectMany(c => c.Match.Tickets))
                .SelectMany(t => t.Members).Select(m => m.PlayerId).Distinct().Count());

            void Join()
            {
                var size = random.Next(1, definition.Size + 1);
                var ticket = Team(next, size, 1000 + random.Next(1000), now);
                if (random.Next(2) == 0) ticket = ticket.In(("eu", random.Next(10, 200)), ("us", random.Next(10, 200)));
                next += (ulong)size;
                Assert.Equal(GameError.Ok, queue.Add(ticket));
                foreach (var member in ticket.Members) where.Add(member.PlayerId, "waits");
            }

            void Cancel(ulong player)
            {
                Assert.Equal(GameError.Ok, queue.Cancel(player, out var cancelled));
                foreach (var member in cancelled!.Members) Assert.True(where.Remove(member.PlayerId));
            }

            void Answer(ReadyCheck check)
            {
                foreach (var member in check.Match.Members)
                {
                    if (random.Next(3) > 0 || check.Ready.Contains(member.PlayerId)) continue;
                    queue.Answer(member.PlayerId, check.Match.Id, random.Next(30) > 0, now, out var outcome);
                    if (outcome is null) continue;
                    Note(outcome);
                    return;
                }
            }

            void Note(ReadyOutcome outcome)
            {
                if (outcome.IsOn) on++;
                else failed++;
                var gone = outcome.Match.Tickets.Except(outcome.Returned).SelectMany(t => t.Members);
                foreach (var member in gone) Assert.True(where.Remove(member.PlayerId));
            }
        }

        Assert.True(on > 30 && failed > 3, $"{on} on, {failed} failed");

        void Check(MatchProposal match)
        {
            Assert.Equal(definition.Sides, match.Sides.Length);
            for (var i = 0; i < match.Sides.Length; i++)
                Assert.Equal(definition.Size, match.Sides[i].Sum(t => t.Members.Length) + match.Bots[i]);
        }
    }
}
