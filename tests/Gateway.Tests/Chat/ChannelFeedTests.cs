using GameBackend.Gateway.Chat;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Chat;

/// <summary>A channel at a gateway, between lanes that lose and reorder and the sessions that listen.</summary>
public sealed class ChannelFeedTests
{
    private readonly ScriptedChannel _channel = new();
    private readonly Rig _rig = new Rig().Open();
    private readonly ChannelFeed _feed;

    public ChannelFeedTests() => _feed = new ChannelFeed(_channel, "world/1");

    [Fact]
    public async Task Lines_go_out_in_the_order_of_their_numbers_however_they_come()
    {
        _channel.Say(3);
        await _feed.Join(_rig.Session, null);
        _channel.Say(4);
        foreach (var number in (ulong[])[5, 4, 4, 5, 7, 6])
            _feed.Receive(_channel.Row(number), null);
        await Lines(4, 5, 6, 7);
        await _feed.Check();
        Assert.Empty(await Rest());
    }

    [Fact]
    public async Task A_line_that_a_lane_has_lost_is_read_from_the_channel()
    {
        await _feed.Join(_rig.Session, null);
        _channel.Say(5);
        _feed.Receive(_channel.Row(1), null);
        _feed.Receive(_channel.Row(5), null);
        await Lines(1, 2, 3, 4, 5);
    }

    [Fact]
    public async Task A_lost_last_line_is_found_by_asking()
    {
        await _feed.Join(_rig.Session, null);
        _channel.Say(2);
        _feed.Receive(_channel.Row(1), null);
        await _feed.Check();
        await Lines(1, 2);
    }

    [Fact]
    public async Task Whoever_comes_back_gets_what_was_missed_and_hears_on()
    {
        _channel.Say(150);
        Assert.Equal(150ul, await _feed.Join(_rig.Session, 20));
        _channel.Say(1);
        _feed.Receive(_channel.Row(151), null);
        await Lines([.. Enumerable.Range(21, 131).Select(number => (ulong)number)]);
    }

    [Fact]
    public async Task What_is_not_kept_any_more_is_said_to_be_missing()
    {
        _channel.Say(50);
        _channel.First = 41;
        await _feed.Join(_rig.Session, 20);
        var gap = await Line();
        Assert.Equal((true, 40ul, ChatKind.World, 1ul), (gap.Gap, gap.Number, gap.Kind, gap.Channel));
        await Lines([.. Enumerable.Range(41, 10).Select(number => (ulong)number)]);
    }

    [Fact]
    public async Task A_blocked_players_line_takes_its_number_and_says_nothing()
    {
        _rig.Session.Hearing.Blocked = [ScriptedChannel.SpeakerOf(2)];
        await _feed.Join(_rig.Session, null);
        _channel.Say(3);
        for (var number = 1ul; number <= 3; number++)
            _feed.Receive(_channel.Row(number), null);
        Assert.Equal("line 1", (await Line()).Text);
        var hidden = await Line();
        Assert.Equal((true, "", 0ul, 2ul), (hidden.Hidden, hidden.Text, hidden.From, hidden.Number));
        Assert.Equal("line 3", (await Line()).Text);
    }

    [Fact]
    public async Task Who_is_not_among_the_audience_any_more_hears_nothing_more()
    {
        await _feed.Join(_rig.Session, null);
        _channel.Say(2);
        _feed.Receive(_channel.Row(1), [_rig.Session.PlayerId, 99]);
        _feed.Receive(_channel.Row(2), [99]);
        await Lines(1);
        Assert.Empty(await Rest());
        Assert.True(_feed.CloseIfIdle());
        Assert.Null(await _feed.Join(_rig.Session, null));
    }

    private async Task Lines(params ulong[] numbers)
    {
        foreach (var number in numbers)
            Assert.Equal(number, (await Line()).Number);
    }

    private async Task<ChatLine> Line()
    {
        while (await _rig.Socket.Next() is { } envelope)
        {
            if (envelope.Op == Opcodes.OfPush<ChatLine>().Op)
                return ChatLine.Parser.ParseFrom(envelope.Body);
        }

        throw new InvalidOperationException();
    }

    /// <summary>What has been sent and not looked at, up to something that is sent now.</summary>
    private async Task<List<ChatLine>> Rest()
    {
        var rest = new List<ChatLine>();
        _rig.Session.SendTransient(
            Opcodes.OfPush<ChatLine>().Op, new ChatLine { Number = ulong.MaxValue }.ToByteArray());
        for (var line = await Line(); line.Number != ulong.MaxValue; line = await Line())
            rest.Add(line);
        return rest;
    }
}

/// <summary>A channel in which a test says lines.</summary>
internal sealed class ScriptedChannel : IChatChannelGrain
{
    private ulong _head;

    public ulong First { get; set; } = 1;

    public static long SpeakerOf(ulong number) => 1000 + (long)number;

    public void Say(int lines) => _head += (ulong)lines;

    public ChatRow Row(ulong number)
    {
        _head = Math.Max(_head, number);
        return new ChatRow(number, SpeakerOf(number), new ChatLine
        {
            Kind = ChatKind.World,
            Channel = 1,
            Number = number,
            From = (ulong)SpeakerOf(number),
            Text = $"line {number}",
        }.ToByteArray());
    }

    public Task<ChatPage> Read(ulong from, int max)
    {
        var rows = new List<ChatRow>();
        for (var number = Math.Max(from, First); number <= _head && rows.Count < max; number++)
            rows.Add(Row(number));
        return Task.FromResult(new ChatPage(First, _head, [.. rows]));
    }

    public Task<Outcome> Say(ChatSaying saying) => throw new NotSupportedException();
}
