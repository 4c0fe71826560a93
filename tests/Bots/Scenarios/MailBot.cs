using System.Diagnostics;
using System.Globalization;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>A bot that posts notes, one after the other, and keeps book of those it sends and those it gets.</summary>
internal sealed class MailBot
{
    private readonly Lock _gate = new();
    // By number of the note: to whom, when, and whether it was acknowledged; null while that is not known.
    private readonly Dictionary<int, (MailBot To, long At, bool? Sent)> _sent = [];
    // What has arrived, in order: from whom, and its number there.
    private readonly List<(MailBot From, int Number)> _arrived = [];
    private readonly HashSet<(MailBot From, int Number)> _known = [];
    private int _number;

    public MailBot(Bot bot)
    {
        Bot = bot;
        bot.OnPush = push =>
        {
            if (push.Message is Note note)
                Arrive(note);
        };
    }

    public Bot Bot { get; }

    public IReadOnlyList<MailBot> Others { get; set; } = [];

    /// <summary>Posts until the load ends. Ends online.</summary>
    public async Task Post()
    {
        while (Bot.Run.MakesLoad)
        {
            await Task.Delay(Bot.Random.Next(150, 600));
            // One bot in four goes away without a word, one in four leaves; both come back.
            if (Bot.Index % 4 is 1 or 3 && Bot.Random.Next(15) == 0)
                await GoAway(leave: Bot.Index % 4 == 3);
            await PostOne();
        }
        if (!await BotRun.Until(() => Bot.IsOnline, BotRun.Patience))
            Bot.Report.Fail($"{Bot.Name} was not online again within {BotRun.Patience.TotalSeconds} s.");
    }

    /// <summary>Whether every note to others that was acknowledged is there.</summary>
    public bool HasAll() => Expected().All(Has);

    /// <summary>Compares what has arrived with what was sent.</summary>
    public void Judge()
    {
        foreach (var (from, number) in Expected().Where(note => !Has(note)))
            Bot.Report.Lost($"{Bot.Name}: note {number} of {from.Bot.Name} was acknowledged and has not arrived.");
        (MailBot From, int Number)[] arrived;
        lock (_gate)
            arrived = [.. _arrived];
        foreach (var (from, number) in arrived.Where(note => !note.From.MayHaveSent(note.Number, this)))
            Bot.Report.Fail($"{Bot.Name}: note {number} of {from.Bot.Name} has arrived and was not sent to this bot.");
        foreach (var sender in arrived.GroupBy(note => note.From))
            JudgeOrder(sender.Key, [.. sender.Select(note => note.Number).Where(n => sender.Key.WasAcknowledged(n))]);
    }

    private void JudgeOrder(MailBot sender, int[] numbers)
    {
        for (var i = 1; i < numbers.Length; i++)
        {
            if (numbers[i] < numbers[i - 1])
                Bot.Report.Reordered($"{Bot.Name}: {sender.Bot.Name}'s note {numbers[i]} came after {numbers[i - 1]}.");
        }
    }

    private async Task PostOne()
    {
        var to = Others[Bot.Random.Next(Others.Count)];
        var number = ++_number;
        lock (_gate)
            _sent[number] = (to, Stopwatch.GetTimestamp(), null);
        var text = string.Create(CultureInfo.InvariantCulture, $"{Bot.Run.Nonce} {Bot.Index} {number}");
        var error = await Bot.Do("note", client => client.Mailbox.SendNote(to.Bot.PlayerId, text));
        lock (_gate)
            _sent[number] = _sent[number] with { Sent = error is null ? null : error == GameError.Ok };
    }

    private async Task GoAway(bool leave)
    {
        await Bot.LogOff(leave);
        await Task.Delay(TimeSpan.FromSeconds(Bot.Random.NextDouble() * Math.Min(5, Bot.Run.LoadLeft.TotalSeconds)));
        await Bot.LogIn();
    }

    private void Arrive(Note note)
    {
        var now = Stopwatch.GetTimestamp();
        var words = note.Text.Split(' ');
        if (words.Length != 3 || words[0] != Bot.Run.Nonce
            || !int.TryParse(words[1], CultureInfo.InvariantCulture, out var index) || index >= Others.Count
            || !int.TryParse(words[2], CultureInfo.InvariantCulture, out var number))
        {
            Bot.Report.Fail($"{Bot.Name}: a note has arrived that no bot wrote: '{note.Text}'.");
            return;
        }
        var sender = Others[index];
        if (note.From != sender.Bot.PlayerId || note.FromName != sender.Bot.Name)
            Bot.Report.Fail($"{Bot.Name}: a note of {sender.Bot.Name} is said to be of {note.From}, {note.FromName}.");
        lock (_gate)
        {
            if (!_known.Add((sender, number)))
                Bot.Report.Duplicated($"{Bot.Name}: note {number} of {sender.Bot.Name} has arrived twice.");
            _arrived.Add((sender, number));
        }
        var postedAt = sender.PostedAt(number);
        if (postedAt > Bot.OnlineSince)
            Bot.Report.Mail.Add(Stopwatch.GetElapsedTime(postedAt, now));
    }

    private List<(MailBot From, int Number)> Expected() =>
        [.. Others.SelectMany(other => other.AcknowledgedTo(this).Select(number => (other, number)))];

    private bool Has((MailBot, int) note)
    {
        lock (_gate)
            return _known.Contains(note);
    }

    private int[] AcknowledgedTo(MailBot receiver)
    {
        lock (_gate)
            return [.. _sent.Where(n => n.Value.To == receiver && n.Value.Sent == true).Select(n => n.Key)];
    }

    private bool WasAcknowledged(int number)
    {
        lock (_gate)
            return _sent.TryGetValue(number, out var note) && note.Sent == true;
    }

    private bool MayHaveSent(int number, MailBot receiver)
    {
        lock (_gate)
            return _sent.TryGetValue(number, out var note) && note.To == receiver && note.Sent != false;
    }

    private long PostedAt(int number)
    {
        lock (_gate)
            return _sent.TryGetValue(number, out var note) ? note.At : 0;
    }
}
