namespace GameBackend.Game.Tests;

public sealed class TeamPropertyTests
{
    private const int Players = 14;
    private static readonly string[] Modes = ["", "1v1", "3v3", "5v5", "ffa8"];

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 50).Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_commands_keep_one_leader_the_bound_and_a_place_for_each(int seed)
    {
        var random = new Random(seed);
        var team = TeamRulesTests.Team(1);
        var now = 1_000_000L;
        for (var step = 0; step < 600 && TeamRules.Exists(team); step++)
        {
            now += random.Next(20_000);
            var before = team.Clone();
            var error = Act(team, random, now);
            if (error != GameError.Ok)
                Assert.Equal(Sound(before), Sound(team));
            Check(team, before);
            team.Outbox.Clear();
            team.Releasing.Clear();
        }
    }

    /// <summary>A refusal may clear out wishes that have expired, and nothing else.</summary>
    private static TeamRecord Sound(TeamRecord team)
    {
        var copy = team.Clone();
        copy.Invited.Clear();
        copy.Asking.Clear();
        return copy;
    }

    private static GameError Act(TeamRecord team, Random random, long now)
    {
        long Any() => random.Next(1, Players + 1);
        long Actor() => random.Next(3) == 0 || team.Members.Count == 0
            ? Any()
            : team.Members[random.Next(team.Members.Count)].Player;

        switch (random.Next(15))
        {
            case 0 or 1: return TeamRules.Invite(team, Actor(), Any(), "p", now);
            case 2 or 3: return TeamRules.AcceptInvite(team, TeamRulesTests.Joiner(Any()), now);
            case 4: return TeamRules.DeclineInvite(team, Any(), now);
            case 5:
                var joiner = TeamRulesTests.Joiner(Any());
                return TeamRules.JoinsAtOnce(team, joiner.Player, now)
                    ? TeamRules.JoinOpen(team, joiner, now)
                    : TeamRules.Ask(team, joiner, now);
            case 6: return TeamRules.AcceptAsk(team, Actor(), TeamRulesTests.Joiner(Any()), now);
            case 7: return TeamRules.DeclineAsk(team, Actor(), Any(), now);
            case 8: return TeamRules.Leave(team, Any(), now);
            case 9: return TeamRules.Kick(team, Actor(), Any(), now);
            case 10: return TeamRules.Transfer(team, Actor(), Any());
            case 11:
                return TeamRules.Configure(team, TeamRulesTests.Catalogue, Actor(), new TeamSettings
                {
                    Mode = Modes[random.Next(Modes.Length)],
                    Open = random.Next(2) == 0,
                });
            case 12: return TeamRules.SetReady(team, Actor(), random.Next(2) == 0);
            case 13:
                TeamRules.SetAway(team, Any(), random.Next(2) == 0);
                if (random.Next(4) == 0)
                    TeamRules.AccountLost(team, Any(), 1, now);
                return GameError.Ok;
            default:
                foreach (var each in team.Joining.ToArray())
                {
                    if (random.Next(4) == 0)
                        TeamRules.AbandonJoin(team, each.Player, now);
                    else
                        TeamRules.FinishJoin(team, each.Player, now);
                }

                return GameError.Ok;
        }
    }

    private static void Check(TeamRecord team, TeamRecord before)
    {
        var places = team.Members.Concat(team.Joining).Select(member => member.Player).ToArray();
        Assert.Equal(places.Distinct(), places);
        Assert.True(places.Length <= TeamModes.SizeOf(TeamRulesTests.Catalogue, team.Settings.Mode));
        Assert.Equal(TeamRules.Exists(team), places.Length > 0);
        Assert.Equal(
            team.Members.Count > 0 ? 1 : 0, team.Members.Count(member => member.Player == team.Leader));
        Assert.True(team.Invited.Count <= TeamRules.MaxWishes && team.Asking.Count <= TeamRules.MaxWishes);
        // Whoever was a member and is none any more is released and told, and nobody else is.
        var gone = before.Members.Select(member => member.Player).Except(team.Members.Select(member => member.Player));
        Assert.Equal(gone.Order(), team.Releasing.Order());
        Assert.Equal(gone.Order(), team.Outbox.Where(push => push.Op == 751).Select(push => push.Player).Order());
        // Whoever is a member holds the newest view, or is owed it.
        if (team.Version != before.Version)
            Assert.Equal(
                team.Members.Select(member => member.Player).Order(),
                team.Outbox.Where(push => push.Op == 750).Select(push => push.Player).Order());
    }
}
