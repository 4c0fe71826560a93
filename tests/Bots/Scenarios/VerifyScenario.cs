using System.Text.Json.Nodes;
using GameBackend.Client;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// Logs in the bots of an earlier run, and compares their states with those that it has written down.
/// </summary>
internal sealed class VerifyScenario : IScenario
{
    private readonly Dictionary<Bot, PlayerView> _expected = [];

    public IReadOnlyList<Bot> MakeBots(BotRun run)
    {
        foreach (var line in File.ReadLines(run.Arguments.State!))
        {
            var json = JsonNode.Parse(line)!;
            var bot = new Bot(run, (int)json["index"]!, (string)json["device"]!, (string)json["name"]!);
            _expected.Add(bot, PlayerView.Parser.ParseJson(json["view"]!.ToJsonString()));
        }
        return [.. _expected.Keys];
    }

    public Task Run(BotRun run, IReadOnlyList<Bot> bots) => Crowd.All(bots, async bot =>
    {
        await bot.LogIn();
        if (!bot.Client.PlayerExists)
            bot.Report.Fail($"{bot.Name}: the player does not exist any more.");
        else if (await bot.Get("fetch", client => client.Player.Fetch()) is { } view)
            Compare(bot, view);
        await bot.LogOff(leave: true);
    }, atOnce: 32);

    private void Compare(Bot bot, PlayerView view)
    {
        var actual = PlayerFold.Normalise(view);
        if (!actual.Equals(_expected[bot]))
            bot.Report.Fail($"{bot.Name}: the state is {actual}, and was {_expected[bot]}.");
    }
}
