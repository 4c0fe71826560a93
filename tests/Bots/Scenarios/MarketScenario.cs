namespace GameBackend.Bots.Scenarios;

/// <summary>
/// Bots trade, gift, claim and donate to guilds at random over connections that cut themselves; silos and gateways may
/// be killed under them. At the end nothing is stuck, and the books of all accounts add up.
/// </summary>
internal sealed class MarketScenario : IScenario
{
    public async Task Run(BotRun run, IReadOnlyList<Bot> bots)
    {
        var circle = new GuildCircle();
        var traders = bots.Select(bot => new MarketBot(bot, bots, circle)).ToArray();
        await Crowd.LogIn(bots);
        run.BeginLoad();
        await Crowd.All(bots, bot => traders[bot.Index].Play());
        await Crowd.All(bots, bot => traders[bot.Index].Finish());
        var audit = new MarketAudit(run);
        await audit.Settle(bots);
        await GuildSteps.AddFunds(audit, bots[0], circle);
        await audit.Compare(bots);
        if (run.Arguments.Seconds >= 10 && bots.Count > 1 && run.Report.EventCount("trades_done") == 0)
            run.Report.Fail("No trade came to its end.");
        await Crowd.All(bots, bot => bot.LogOff(leave: true));
    }
}
