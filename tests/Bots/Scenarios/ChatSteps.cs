using System.Collections.Concurrent;
using System.Globalization;
using GameBackend.Client;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// All bots listen to one world channel and speak in it: each line must reach each bot once, in one order for all. Then
/// each writes to its neighbour, and both read the same history. The bots are logged in and have players.
/// </summary>
internal static class ChatSteps
{
    private const int LinesEach = 3;
    private const uint World = 1;

    public static async Task Run(IReadOnlyList<Bot> bots)
    {
        if (bots.Count == 0)
            return;
        var ears = bots.Select(bot => new Ear(bot)).ToArray();
        try
        {
            await Crowd.All(bots, bot => ears[IndexOf(bots, bot)].Listen(), atOnce: 64);
            await Crowd.All(bots, bot => Speak(bot));
            await Hear(ears);
            await Crowd.All(bots, bot => Whisper(bot, bots[(IndexOf(bots, bot) + 1) % bots.Count]), atOnce: 64);
        }
        finally
        {
            foreach (var ear in ears)
                ear.Dispose();
        }
    }

    private static int IndexOf(IReadOnlyList<Bot> bots, Bot bot)
    {
        for (var i = 0; i < bots.Count; i++)
        {
            if (bots[i] == bot)
                return i;
        }

        throw new ArgumentException("The bot is not among them.", nameof(bot));
    }

    private static string Line(Bot bot, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{bot.Run.Nonce} {bot.Index} {number}");

    private static async Task Speak(Bot bot)
    {
        for (var i = 0; i < LinesEach; i++)
        {
            await Task.Delay(bot.Random.Next(1000, 3000));
            await bot.Do("say", client => client.Chat.Say(Line(bot, i), World));
        }
    }

    private static async Task Hear(Ear[] ears)
    {
        var expected = ears.SelectMany(ear => Enumerable.Range(0, LinesEach).Select(i => Line(ear.Bot, i))).ToHashSet();
        foreach (var ear in ears)
        {
            await BotRun.Until(() => ear.Texts.Count(expected.Contains) >= expected.Count, BotRun.Patience);
            var heard = ear.Texts.Where(expected.Contains).ToArray();
            var missing = expected.Except(heard).ToArray();
            if (missing.Length > 0)
                ear.Bot.Report.Lost($"{ear.Bot.Name} has not heard '{missing[0]}' and the like.", missing.Length);
            if (heard.Length > heard.Distinct().Count())
                ear.Bot.Report.Duplicated($"{ear.Bot.Name} has heard a line twice.");
        }

        var order = ears[0].Texts.Where(expected.Contains).ToArray();
        foreach (var ear in ears.Where(ear => !ear.Texts.Where(expected.Contains).SequenceEqual(order)))
            ear.Bot.Report.Fail($"{ear.Bot.Name} has heard the lines in another order than {ears[0].Bot.Name}.");
    }

    private static async Task Whisper(Bot bot, Bot neighbour)
    {
        if (bot == neighbour)
            return;
        var text = $"{bot.Run.Nonce} {bot.Name} to {neighbour.Name}";
        await bot.Do("whisper", client => client.Chat.SayTo(neighbour.PlayerId, text));
        await bot.Do("history", async client =>
        {
            var history = await client.Chat.ReadHistory(ChatKind.Private, with: neighbour.PlayerId);
            if (history.Lines.Count(line => line.Text == text) != 1)
                bot.Report.Fail($"{bot.Name}: what it wrote stands {history.Lines.Count} lines long without '{text}'.");
        });
        await bot.Do(
            "a long line", client => client.Chat.Say(new string('x', 201), World), GameError.TextTooLong);
    }

    private sealed class Ear : IDisposable
    {
        private readonly ChatFeed _feed;
        private readonly ConcurrentQueue<string> _texts = [];
        private ulong _last;

        public Ear(Bot bot)
        {
            Bot = bot;
            _feed = new ChatFeed(bot.Client);
            _feed.Line += Take;
            _feed.Missed += (kind, number) =>
                bot.Report.Lost($"{bot.Name}: lines of {kind} up to {number} are not kept any more.");
        }

        public Bot Bot { get; }

        public IReadOnlyCollection<string> Texts => _texts;

        public async Task Listen() => await Bot.Do("listen", _ => _feed.Listen(ChatKind.World, World));

        public void Dispose() => _feed.Dispose();

        private void Take(ChatLine line)
        {
            if (line.Kind != ChatKind.World)
                return;
            if (line.Number <= _last)
                Bot.Report.Fail($"{Bot.Name}: line {line.Number} has come after {_last}.");
            _last = line.Number;
            _texts.Enqueue(line.Text);
        }
    }
}
