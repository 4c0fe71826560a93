using GameBackend.Bots.Fuzz;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// Attackers send frames of all kinds over every transport, while the bots play as in the play scenario beside them: no
/// request may be answered Internal, and the bots must not notice.
/// </summary>
internal sealed class FuzzScenario : IScenario
{
    /// <summary>Two of each transport, JSON being one.</summary>
    private const int Attackers = 8;

    public async Task Run(BotRun run, IReadOnlyList<Bot> bots)
    {
        var players = bots.ToDictionary(bot => bot, bot => new PlayingBot(bot, bots));
        await Crowd.LogIn(bots);
        run.BeginLoad();
        var attackers = Enumerable.Range(0, Attackers)
            .Select(index => new Bot(run, bots.Count + index)).ToArray();
        var accounts = new List<Client.Accounts.AccountSession>();
        foreach (var attacker in attackers)
            accounts.Add(await attacker.WithAccounts(a => a.LoginDevice(attacker.Device)));
        var plan = new FuzzPlan(
            attackers,
            [.. accounts.Select(account => account.PlayerId), bots[0].PlayerId],
            accounts[0].Gateways[0],
            run.Arguments.Frames);

        var playing = Crowd.All(bots, bot => PlayScenario.Play(players[bot]));
        var attacks = Enumerable.Range(0, Attackers).Select(index => new Fuzzer(run, index, plan).Run());
        await Task.WhenAll(attacks);
        run.Report.Maximum("fuzz_frames", run.Arguments.Frames - Math.Max(0, plan.FramesLeft));
        run.EndLoad();
        await playing;
        foreach (var bot in bots.Where(bot => bot.Statistics.Sum(s => s.Reconnects) > 0))
            run.Report.Fail($"{bot.Name} has lost its connection.");
        foreach (var attacker in attackers)
            await attacker.DisposeAsync();
    }
}
