using GameBackend.Game;
using GameBackend.Grains.Storage;
using Google.Protobuf;

namespace GameBackend.Grains.Chat;

/// <summary>
/// Appends a line to the channel's log, then tells the gateways. The log is the history and the truth about numbers; a
/// line that is said again is known to it by its id.
/// </summary>
[GrainType("chat"), Role(Roles.Social)]
public sealed class ChatChannelGrain(ILogStore logs, GatewayLanes gateways, TimeProvider time)
    : Grain, IChatChannelGrain
{
    /// <summary>Lines that are said before old ones are dropped: one trim for many.</summary>
    private const ulong Slack = 25;

    private const int MaxPage = 64;

    /// <summary>Players whose last line is remembered, besides the ids that the log knows.</summary>
    private const int SpeakersKept = 4096;

    private static readonly uint LineOp = Opcodes.OfPush<ChatLine>().Op;

    private readonly Dictionary<long, (string Key, SayReply Reply)> _said = [];
    private ChatKind _kind;
    private long _id;
    private string _log = "";
    private ulong _first;
    private ulong _head;

    private ulong First => Math.Max(_first, _head < ChatRules.Kept(_kind) ? 1 : _head - ChatRules.Kept(_kind) + 1);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        (_kind, _id) = ChatRules.Parse(key);
        _log = $"chat/{key}";
        try
        {
            var bounds = await logs.Open(_log);
            (_first, _head) = (bounds.First, bounds.Head);
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"Channel {key} cannot be opened now.", e);
        }
    }

    public async Task<Outcome> Say(ChatSaying saying)
    {
        if (saying.Key.Length > 0 && _said.GetValueOrDefault(saying.PlayerId) is { Reply: { } reply } said
            && said.Key == saying.Key)
            return Outcome.Of(reply);
        var audience = await Audience();
        if (audience is not null && !audience.Contains(saying.PlayerId))
            return Outcome.Refused(GameError.ChatChannelInvalid);

        var line = await Append(saying);
        reply = new SayReply { Number = line.Number, Text = line.Text };
        if (_kind == ChatKind.Private)
            await Post(line);
        else
            Tell(line, audience);

        Remember(saying, reply);
        return Outcome.Of(reply);
    }

    public async Task<ChatPage> Read(ulong from, int max)
    {
        IReadOnlyList<LogEntry> entries;
        var (first, head) = (First, _head);
        // Asking what two players have said who never spoke must not fill the memory.
        if (head == 0 && _kind == ChatKind.Private)
            DeactivateOnIdle();
        if (from > head)
            return new ChatPage(first, head, []);
        try
        {
            entries = await logs.Read(_log, Math.Max(from, first), Math.Clamp(max, 1, MaxPage));
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"{_log} cannot be read now.", e);
        }

        var rows = new List<ChatRow>(entries.Count);
        foreach (var entry in entries)
        {
            var line = ChatLine.Parser.ParseFrom(entry.Item);
            line.Number = entry.Seq;
            rows.Add(new ChatRow(entry.Seq, (long)line.From, line.ToByteArray()));
        }

        return new ChatPage(first, Math.Max(head, rows.Count == 0 ? 0 : rows[^1].Number), [.. rows]);
    }

    /// <summary>Who may hear a group's lines; null where everybody may who listens.</summary>
    private async Task<long[]?> Audience() => _kind switch
    {
        ChatKind.Team => await GrainFactory.GetGrain<ITeamGrain>(_id).Members(),
        ChatKind.Guild => await GrainFactory.GetGuildAudience(_id).Listeners(),
        _ => null,
    };

    private async Task<ChatLine> Append(ChatSaying saying)
    {
        var line = new ChatLine
        {
            Kind = _kind,
            Channel = (ulong)_id,
            From = (ulong)saying.PlayerId,
            FromName = saying.Name,
            To = (ulong)saying.To,
            Text = saying.Text,
            AtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        try
        {
            var id = saying.Key.Length == 0 ? "" : $"{saying.PlayerId:x}/{saying.Key}";
            // Without its number, which is its place in the log.
            line.Number = (await logs.Append(_log, _head + 1, id, line.ToByteArray())).Seq;
            _head = Math.Max(_head, line.Number);
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"A line of {_log} was not written.", e);
        }

        if (First >= _first + Slack)
            await Trim();
        return line;
    }

    /// <summary>What fails here is done with a later line.</summary>
    private async Task Trim()
    {
        try
        {
            var first = First;
            await logs.Trim(_log, first - 1);
            _first = first;
        }
        catch (Exception)
        {
            // More is kept than need be.
        }
    }

    private void Tell(ChatLine line, long[]? audience)
    {
        var item = new LaneItem(
            (long)line.From, 0, line.Number, LineOp, line.ToByteArray(), this.GetPrimaryKeyString(), audience);
        foreach (var lane in gateways.Get())
            this.GetStreamProvider(Lane.Provider).GetStream<LaneItem>(Lane.Stream(lane)).OnNextAsync(item).Ignore();
    }

    /// <summary>
    /// A mailbox that is too full, or full of this sender, does not take it: the line is in the history, where its
    /// receiver, back again, reads it.
    /// </summary>
    private Task Post(ChatLine line) => GrainFactory.GetGrain<IMailboxGrain>((long)line.To)
        .PostFrom((long)line.From, $"{_log}/{line.Number}", LineOp, line.ToByteArray(), PostKind.Message);

    private void Remember(ChatSaying saying, SayReply reply)
    {
        if (saying.Key.Length == 0)
            return;
        if (_said.Count >= SpeakersKept)
            _said.Remove(_said.Keys.First());
        _said[saying.PlayerId] = (saying.Key, reply);
    }
}
