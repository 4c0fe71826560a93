namespace GameBackend.Bots.Scenarios;

/// <summary>Everything that a player can do, once a bot, with the refusals, each effect looked at.</summary>
internal sealed class SmokeScenario : IScenario
{
    public async Task Run(BotRun run, IReadOnlyList<Bot> bots)
    {
        run.BeginLoad();
        await Crowd.All(bots, async bot =>
        {
            var smoke = new SmokeBot(bot);
            await bot.LogIn();
            await new SmokePlayer(smoke).Run();
            await new SmokeBag(smoke).Run();
            await new SmokePets(smoke).Run();
            await new SmokeEquipment(smoke).Run();
            await new SmokeSystem(smoke).Run();
            await smoke.CheckLedger();
            await new SmokeMail(smoke, bots).Run();
            await new SmokeAccounts(smoke).Run();
        }, atOnce: 32);
    }
}
