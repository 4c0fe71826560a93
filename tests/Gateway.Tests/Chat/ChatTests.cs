namespace GameBackend.Gateway.Tests.Chat;

/// <summary>Chat over a cluster in this process: Redis, one silo, two gateways.</summary>
public sealed class ChatTests : IAsyncLifetime
{
    private const int Clients = 6;
    private const int LinesEach = 5;

    private readonly RedisServer _redis = new();
    private Backend _silo = null!, _first = null!, _second = null!;

    public async Task InitializeAsync()
    {
        await _redis.Start();
        var connection = ("Redis:ConnectionString", (object)$"127.0.0.1:{_redis.Port}");
        _silo = await Backend.StartSilo(connection);
        _first = await Backend.StartGateway(connection);
        _second = await Backend.StartGateway(connection);
    }

    public async Task DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        await _silo.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Every_line_of_a_world_channel_reaches_everybody_once_and_in_one_order()
    {
        var clients = new List<RawClient>();
        for (var i = 0; i < Clients; i++)
            clients.Add(await (i % 2 == 0 ? _first : _second).Play(i % 3 == 0 ? Transport.WebSocket : Transport.Tcp));
        foreach (var client in clients)
            await client.Ask<ListenRequest, ListenReply>(new ListenRequest { World = 2 });
        await Task.WhenAll(clients.Select(async client =>
        {
            for (var i = 0; i < LinesEach; i++)
                await client.Ask<SayRequest, SayReply>(
                    new SayRequest { World = 2, Text = $"{client.Account.PlayerId}/{i}" });
        }));

        var orders = new List<string[]>();
        foreach (var client in clients)
        {
            await Heard(client, Clients * LinesEach);
            var lines = Lines(client);
            Assert.Equal(Enumerable.Range(1, Clients * LinesEach)
                .Select(n => (ulong)n), lines.Select(line => line.Number));
            orders.Add([.. lines.Select(line => line.Text)]);
            await client.DisposeAsync();
        }

        Assert.All(orders, order => Assert.Equal(orders[0], order));
        Assert.Equal(Clients * LinesEach, orders[0].Distinct().Count());
    }

    [Fact]
    public async Task A_client_that_comes_back_at_another_gateway_goes_on_after_the_last_line_it_saw()
    {
        await using var ann = await _first.Play(Transport.Tcp);
        await using var bob = await _second.Play(Transport.Tcp);
        await bob.Ask<ListenRequest, ListenReply>(new ListenRequest { World = 1 });
        await Say(ann, "one");
        await Heard(bob, 1);
        bob.Reset();
        await Say(ann, "two");
        await using var back = await RawClient.Connect(_first, Transport.Tcp);
        await back.Resume(bob);
        await Say(ann, "three");
        await back.Ask<ListenRequest, ListenReply>(new ListenRequest { World = 1, After = 1 });
        await Say(ann, "four");
        await Heard(back, 3);
        Assert.Equal(["two", "three", "four"], Lines(back).Select(line => line.Text));
    }

    [Fact]
    public async Task Team_lines_come_without_asking_and_to_nobody_who_is_out()
    {
        await using var ann = await _first.Play(Transport.Tcp);
        await using var bob = await _second.Play(Transport.WebSocket);
        var team = (await ann.Ask<CreateTeamRequest, CreateTeamReply>(
            new CreateTeamRequest { Settings = new TeamSettings { Open = true } })).TeamId;
        Assert.True(
            (await bob.Ask<AskForTeamRequest, AskForTeamReply>(new AskForTeamRequest { TeamId = team })).Joined);
        await ann.Ask<SayRequest, SayReply>(new SayRequest { Kind = ChatKind.Team, Text = "hello team" });
        await Heard(bob, 1);
        Assert.Equal(("hello team", team), (Lines(bob)[0].Text, Lines(bob)[0].Channel));
        await ann.Ask<KickFromTeamRequest, KickFromTeamReply>(
            new KickFromTeamRequest { TeamId = team, PlayerId = bob.Account.PlayerId });
        await ann.Ask<SayRequest, SayReply>(new SayRequest { Kind = ChatKind.Team, Text = "he is gone" });
        await Heard(ann, 2);
        await bob.Ask<ListenRequest, ListenReply>(new ListenRequest { World = 3 });
        await bob.Ask<SayRequest, SayReply>(new SayRequest { World = 3, Text = "anybody?" });
        await Heard(bob, 2);
        Assert.Equal(["hello team", "anybody?"], Lines(bob).Select(line => line.Text));
    }

    [Fact]
    public async Task Who_is_blocked_is_not_heard_from_the_answer_on()
    {
        await using var ann = await _first.Play(Transport.Tcp);
        await using var bob = await _second.Play(Transport.Tcp);
        await bob.Ask<ListenRequest, ListenReply>(new ListenRequest { World = 4 });
        await Say(ann, "before", 4);
        await Heard(bob, 1);
        await bob.Ask<BlockPlayerRequest, BlockPlayerReply>(
            new BlockPlayerRequest { PlayerId = ann.Account.PlayerId, Blocked = true });
        await Say(ann, "after", 4);
        await Heard(bob, 2);
        Assert.Equal((true, ""), (Lines(bob)[1].Hidden, Lines(bob)[1].Text));
        var history = await bob.Ask<ReadChatRequest, ReadChatReply>(new ReadChatRequest { World = 4 });
        Assert.Equal([true, true], history.Lines.Select(line => line.Hidden));
    }

    private static Task<SayReply> Say(RawClient client, string text, uint world = 1) =>
        client.Ask<SayRequest, SayReply>(new SayRequest { World = world, Text = text });

    private static async Task Heard(RawClient client, int lines)
    {
        while (Lines(client).Length < lines)
            Assert.NotNull(await client.Next());
    }

    private static ChatLine[] Lines(RawClient client) =>
        [.. client.Pushes.Where(push => push.Op == Opcodes.OfPush<ChatLine>().Op)
            .Select(push => ChatLine.Parser.ParseFrom(push.Body))];
}
