using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// Bots queue alone and in teams, get ready, fight over connections that cut themselves, and come back; silos may be
/// killed under them. At the end each battle has counted once for each of its players, every replay comes to the same
/// end when it is run again, and what all were given is what the results are worth.
/// </summary>
internal sealed class ArenaScenario : IScenario
{
    private const int TeamSize = 3;

    /// <summary>Of so many bots six are in two teams; the others fight alone.</summary>
    private const int Circle = 8;

    public async Task Run(BotRun run, IReadOnlyList<Bot> bots)
    {
        var audit = new ArenaAudit(run);
        var fighters = bots.Select(bot => new ArenaBot(bot, audit)).ToArray();
        await Crowd.LogIn(bots);
        await FormTeams(fighters);
        run.BeginLoad();
        await Crowd.All(bots, bot => fighters[bot.Index].Play());
        await Crowd.All(bots, bot => audit.Check(fighters[bot.Index]), atOnce: 16);
        audit.CheckSums();
        if (run.Arguments.Seconds >= 30 && bots.Count > 1 && audit.Battles == 0)
            run.Report.Fail("No battle came to its end.");
        await Crowd.All(bots, bot => bot.LogOff(leave: true));
    }

    private static async Task FormTeams(ArenaBot[] bots)
    {
        foreach (var circle in bots.Chunk(Circle).Where(circle => circle.Length >= 2 * TeamSize))
        {
            await FormTeam(circle[..TeamSize]);
            await FormTeam(circle[TeamSize..(2 * TeamSize)]);
        }
    }

    private static async Task FormTeam(ArenaBot[] members)
    {
        var (leader, team) = (members[0], 0UL);
        await leader.Bot.Do("team create", async client =>
            team = await client.Team.Create(new TeamSettings { Open = true }));
        foreach (var member in members.Skip(1))
            await member.Bot.Do("team join", client => client.Team.Ask(team));
        foreach (var member in members)
            member.Mode = member == leader ? "3v3" : "";
        leader.Bot.Report.CountEvent("teams");
    }
}
