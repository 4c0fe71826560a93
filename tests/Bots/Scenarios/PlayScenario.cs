using System.Diagnostics;
using System.Text.Json.Nodes;
using GameBackend.Client;
using Google.Protobuf;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// A mixed steady load. Each bot checks every change that it causes, its folded state against a fetch, and at the end
/// its ledger. The flaky scenario is the same over connections that cut themselves.
/// </summary>
internal sealed class PlayScenario : IScenario
{
    private static readonly TimeSpan CompareEvery = TimeSpan.FromSeconds(5);

    public async Task Run(BotRun run, IReadOnlyList<Bot> bots)
    {
        var players = bots.ToDictionary(bot => bot, bot => new PlayingBot(bot, bots));
        await Crowd.LogIn(bots);
        run.BeginLoad();
        await Crowd.All(bots, bot => Play(players[bot]));
        if (run.Arguments.State is { } file)
            await WriteState(file, players.Values);
    }

    public static async Task Play(PlayingBot player)
    {
        var bot = player.Bot;
        await player.Begin();
        var compared = Stopwatch.GetTimestamp();
        while (bot.Run.MakesLoad)
        {
            await Task.Delay(bot.Random.Next(100, 500));
            await player.Step();
            if (Stopwatch.GetElapsedTime(compared) < CompareEvery)
                continue;
            await player.Compare();
            compared = Stopwatch.GetTimestamp();
        }
        if (!await BotRun.Until(() => bot.IsOnline, BotRun.Patience))
            bot.Report.Fail($"{bot.Name} was not online again within {BotRun.Patience.TotalSeconds} s.");
        player.Final = await player.Compare();
        if (player.Final is not null)
            await LedgerAudit.Run(bot, player.Final, player.Changes);
        await bot.LogOff(leave: true);
    }

    private static async Task WriteState(string file, IEnumerable<PlayingBot> players)
    {
        var lines = players.Where(player => player.Final is not null).Select(player => new JsonObject
        {
            ["index"] = player.Bot.Index,
            ["device"] = player.Bot.Device,
            ["name"] = player.Bot.Name,
            ["view"] = JsonNode.Parse(JsonFormatter.Default.Format(PlayerFold.Normalise(player.Final!))),
        }.ToJsonString());
        await File.WriteAllLinesAsync(file, lines);
    }
}
