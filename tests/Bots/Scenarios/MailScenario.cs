namespace GameBackend.Bots.Scenarios;

/// <summary>
/// Bots post numbered notes to each other, across gateways. Some are always online, some lose interest for a while,
/// some leave and log in again. At the end every note that was acknowledged has arrived exactly once, in its sender's
/// order, and nothing else has.
/// </summary>
internal sealed class MailScenario : IScenario
{
    public async Task Run(BotRun run, IReadOnlyList<Bot> bots)
    {
        var boxes = bots.Select(bot => new MailBot(bot)).ToArray();
        foreach (var box in boxes)
            box.Others = boxes;
        await Crowd.LogIn(bots);
        run.BeginLoad();
        await Crowd.All(bots, bot => boxes[bot.Index].Post());
        await BotRun.Until(() => boxes.All(box => box.HasAll()), BotRun.Patience);
        foreach (var box in boxes)
            box.Judge();
        await Crowd.All(bots, bot => bot.LogOff(leave: true));
    }
}
