using System.Collections.Concurrent;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Tests;

public sealed class ChatFeedTests
{
    private const ulong First = 501;
    private const ulong Second = 502;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task In_another_team_no_line_is_lost_with_the_connection(int heardBefore)
    {
        await using var rig = await Rig.Start();
        var (channels, client) = (new Channels(rig.World) { Current = First }, await rig.Connected(PreferredTransport.Tcp));
        using var feed = new ChatFeed(client);
        var lines = await Follow(feed);
        channels.Say(12);
        await Wait.Until(() => lines.Count == 12);

        channels.Current = Second;
        channels.Say(heardBefore);
        await Wait.Until(() => lines.Count == 12 + heardBefore);
        channels.IsSilent = true;
        channels.Say(18 - heardBefore);
        channels.IsSilent = false;
        rig.Gateway.CutAll();
        await Wait.Until(() => client.Statistics.Resumes == 1 && lines.Count == 30);
        channels.Say(4);
        await Wait.Until(() => lines.Count == 34);

        Assert.Equal(Numbers(First, 12).Concat(Numbers(Second, 22)), lines);
        Assert.Equal(0, feed.Holes);
    }

    [Fact]
    public async Task A_line_that_is_missing_in_another_team_is_asked_for_there()
    {
        await using var rig = await Rig.Start();
        var channels = new Channels(rig.World) { Current = First };
        using var feed = new ChatFeed(await rig.Connected(PreferredTransport.Tcp));
        var lines = await Follow(feed);
        channels.Say(12);
        channels.Current = Second;
        channels.Say(1);
        channels.IsSilent = true;
        channels.Say(1);
        channels.IsSilent = false;
        channels.Say(1);
        await Wait.Until(() => lines.Count == 15);
        Assert.Equal(Numbers(First, 12).Concat(Numbers(Second, 3)), lines);
        Assert.Equal(1, feed.Holes);
    }

    [Fact]
    public async Task A_late_line_of_another_world_does_not_change_the_world()
    {
        await using var rig = await Rig.Start();
        var channels = new Channels(rig.World) { Current = 2 };
        var client = await rig.Connected(PreferredTransport.Tcp);
        using var feed = new ChatFeed(client);
        await feed.Listen(ChatKind.World, 2);

        rig.World.Live!.Push(new ChatLine { Kind = ChatKind.World, Channel = 1, Number = 40, Text = "late" });
        rig.Gateway.CutAll();
        await Wait.Until(() => channels.Asked.Count == 2);

        Assert.Equal([(2u, null), (2u, 0ul)], channels.Asked);
    }

    private static async Task<ConcurrentQueue<(ulong Channel, ulong Number)>> Follow(ChatFeed feed)
    {
        var lines = new ConcurrentQueue<(ulong, ulong)>();
        feed.Line += line => lines.Enqueue((line.Channel, line.Number));
        await feed.Listen(ChatKind.Team);
        return lines;
    }

    private static IEnumerable<(ulong, ulong)> Numbers(ulong channel, int count) =>
        Enumerable.Range(1, count).Select(i => (channel, (ulong)i));

    /// <summary>Numbers lines channel by channel, and answers who listens as the gateway does.</summary>
    private sealed class Channels
    {
        private readonly FakeWorld _world;
        private readonly ConcurrentDictionary<ulong, ulong> _heads = [];

        public Channels(FakeWorld world)
        {
            _world = world;
            world.Answer = Answer;
        }

        /// <summary>The group that the player is in.</summary>
        public ulong Current { get; set; }

        /// <summary>Whether lines get lost on the way to the player.</summary>
        public bool IsSilent { get; set; }

        public ConcurrentQueue<(uint World, ulong? After)> Asked { get; } = [];

        public void Say(int lines)
        {
            for (var i = 0; i < lines; i++)
            {
                var number = _heads.AddOrUpdate(Current, 1, (_, head) => head + 1);
                if (!IsSilent)
                    Push(number);
            }
        }

        private ServerEnvelope? Answer(ClientEnvelope request)
        {
            if (request.Op != Opcodes.Of<ListenRequest>().Op)
                return null;
            var listen = ListenRequest.Parser.ParseFrom(request.Body);
            Asked.Enqueue((listen.World, listen.HasAfter ? listen.After : null));
            var head = _heads.GetValueOrDefault(Current);
            for (var number = (listen.HasAfter ? listen.After : head) + 1; number <= head; number++)
                Push(number);
            return new ServerEnvelope { Body = new ListenReply { Channel = Current, Head = head }.ToByteString() };
        }

        private void Push(ulong number) =>
            _world.Live?.Push(new ChatLine { Kind = ChatKind.Team, Channel = Current, Number = number });
    }
}
