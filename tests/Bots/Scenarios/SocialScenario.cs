using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// A population that befriends, teams up, chats, and for the rest of the time lives in guilds: founds, joins, donates,
/// buys, leads and leaves. At the end every gold piece that was given is accounted for.
/// </summary>
internal sealed class SocialScenario : IScenario
{
    public async Task Run(BotRun run, IReadOnlyList<Bot> bots)
    {
        var circle = new GuildCircle();
        var steps = bots.ToDictionary(bot => bot, bot => new GuildSteps(bot, circle));
        await Crowd.LogIn(bots);
        run.BeginLoad();
        await Task.WhenAll(FriendSteps.Run(bots), TeamSteps.Run(bots));
        await ChatSteps.Run(bots);
        await Crowd.All(bots, bot => Live(steps[bot]));
        await Crowd.All(bots, bot => steps[bot].Compare());
        await GuildSteps.Audit([.. steps.Values]);
        await Crowd.All(bots, bot => bot.LogOff(leave: true));
    }

    private static async Task Live(GuildSteps steps)
    {
        var bot = steps.Bot;
        while (bot.Run.MakesLoad)
        {
            await Task.Delay(bot.Random.Next(100, 400));
            var view = await bot.Get("fetch", client => client.Player.Fetch());
            await steps.Step(view is null ? 0 : Gold(view));
        }

        if (!await BotRun.Until(() => bot.IsOnline, BotRun.Patience))
            bot.Report.Fail($"{bot.Name} was not online again within {BotRun.Patience.TotalSeconds} s.");
    }

    private static long Gold(PlayerView view) =>
        view.Wallet.FirstOrDefault(balance => balance.Currency == "gold")?.Amount ?? 0;
}
