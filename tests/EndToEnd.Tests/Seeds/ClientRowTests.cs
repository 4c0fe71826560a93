using System.Net;
using System.Net.Sockets;
using GameBackend.Client;
using GameBackend.Client.Accounts;
using GameBackend.Client.Transports;
using GameBackend.EndToEnd.Tests.Cluster;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using GameBackend.Protocol;
using Google.Protobuf;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Seeds;

/// <summary>
/// What clients and operators meet. Names of tests begin with the rows of docs/SEEDS.md that they show.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class ClientRowTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public Task A3_What_is_sent_to_a_player_who_is_away_is_there_at_the_next_log_in_although_all_is_killed() =>
        Within(90, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var away = await TestPlayer.Join(cluster.Gateways[0]);
        await using var friend = await TestPlayer.Join(cluster.Gateways[1]);
        var id = away.PlayerId;
        await away.Client.Leave();
        await away.DisposeClient();
        for (var i = 0; i < 5; i++)
            await friend.Client.Mailbox.SendNote(id, $"{i}");
        await friend.DisposeClient();
        await cluster.KillAll();
        await cluster.Heal();
        await away.LogIn(cluster.Gateways[0]);
        await Wait.Until("the notes are there", () => away.Notes.Count() == 5, Soon);
        Assert.Equal(["0", "1", "2", "3", "4"], away.Notes.Select(note => note.Text));
    });

    [Fact]
    public Task A7_A_change_is_pushed_before_the_reply_that_it_belongs_to() => Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var player = await TestPlayer.Join(cluster.Gateways[0]);
        var version = (await player.Client.Player.Fetch()).Version;
        await using var socket = await Connect(cluster.Gateways[0]);
        await Send(socket, 1, new LoginRequest { AccessToken = await player.Token() });
        Assert.Equal(1u, (await Next(socket)).Id);
        await Send(socket, 2, new BuyRequest { Item = "wood.oak", Count = 1 });
        PlayerChanged? change = null;
        ServerEnvelope envelope;
        do
        {
            envelope = await Next(socket);
            if (envelope.Op == Opcodes.OfPush<PlayerChanged>().Op)
                change = PlayerChanged.Parser.ParseFrom(envelope.Body);
        }
        while (envelope.Id != 2);

        Assert.Equal(GameError.Ok, envelope.Error);
        Assert.Equal(version + 1, change!.Version);
    });

    [Fact]
    public Task B7_The_log_in_hands_out_gateways_the_same_ones_while_they_live() => Within(90, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var (first, second) = (cluster.Gateways[0], cluster.Gateways[1]);
        await using var player = await TestPlayer.Join(second, first);
        for (var i = 0; i < 5; i++)
        {
            var account = await player.Account();
            Assert.NotEmpty(account.AccessToken);
            Assert.Equal([second.TcpPort, first.TcpPort], Ports(account));
        }

        await second.Kill();
        await Wait.Until("a dead one is left out", async () =>
            Ports(await player.Account()).SequenceEqual([first.TcpPort]), Soon);
    });

    [Fact]
    public Task B8_D5_Players_with_names_of_their_own_meet_in_all_channels_across_gateways() => Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var ann = await TestPlayer.Join(cluster.Gateways[0]);
        await using var bob = await TestPlayer.Join(cluster.Gateways[1]);
        var name = (await ann.Client.Player.Fetch()).Profile.Name;
        var taken = await Assert.ThrowsAsync<GameErrorException>(() =>
            bob.Client.Player.Rename(name.ToUpperInvariant()));
        Assert.Equal(GameError.NameTaken, taken.Error);

        var guild = await ann.Client.Guilds.Create($"G{Guid.NewGuid():N}"[..12], $"{Guid.NewGuid():N}"[..4]);
        await ann.Client.Guilds.Invite(bob.PlayerId);
        await bob.Client.Guilds.Accept(guild.GuildId);
        var team = await ann.Client.Team.Create();
        await ann.Client.Team.Invite(team, bob.PlayerId);
        await bob.Client.Team.AnswerInvite(team, true);
        using var feed = new ChatFeed(bob.Client);
        var lines = new System.Collections.Concurrent.ConcurrentQueue<(ChatKind, string, string)>();
        feed.Line += line => lines.Enqueue((line.Kind, line.FromName, line.Text));
        foreach (var kind in new[] { ChatKind.World, ChatKind.Guild, ChatKind.Team })
            await feed.Listen(kind, kind == ChatKind.World ? 3u : 0);
        await ann.Client.Chat.Say("to the world", 3);
        await ann.Client.Chat.SayToGuild("to the guild");
        await ann.Client.Chat.SayToTeam("to the team");
        await ann.Client.Chat.SayTo(bob.PlayerId, "to you");
        await Wait.Until("all is heard", () => lines.Count >= 4, Soon);
        Assert.Equal(
            [(ChatKind.Guild, name, "to the guild"), (ChatKind.Private, name, "to you"),
                (ChatKind.Team, name, "to the team"),
                (ChatKind.World, name, "to the world")],
            lines.OrderBy(line => $"{line.Item1}", StringComparer.Ordinal));
    });

    [Fact]
    public Task C4_A_client_that_does_not_read_is_cut_alone_and_its_end_reaches_the_game() => Within(90, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var stalled = await TestPlayer.Join(cluster.Gateways[0]);
        await using var other = await TestPlayer.Join(cluster.Gateways[0]);
        var token = await stalled.Token();
        await stalled.DisposeClient();
        using var socket =
            new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, SendTimeout = 5000 };
        await socket.ConnectAsync(IPAddress.Loopback, cluster.Gateways[0].TcpPort);
        var payload = ByteString.CopyFrom(new byte[60_000]);
        var cut = Task.Run(async () =>
        {
            socket.Send(Frame(1, new LoginRequest { AccessToken = token }));
            // The beginning of the answer, and nothing more.
            socket.Receive(new byte[16]);
            try
            {
                // No faster than is allowed.
                for (var id = 2u; id < 1000; id++)
                {
                    socket.Send(Frame(id, new EchoRequest { Payload = payload }));
                    await Task.Delay(TimeSpan.FromMilliseconds(50));
                }

                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        });
        var worst = TimeSpan.Zero;
        while (!cut.IsCompleted)
        {
            var began = MachineTime.Now;
            await other.Client.Player.Fetch();
            var took = MachineTime.Now - began;
            worst = took > worst ? took : worst;
        }

        Assert.True(await cut);
        Assert.InRange(worst, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Say($"the slowest answer to the other was after {worst.TotalMilliseconds} ms");
        await Wait.Until("its end has reached the game", async () =>
            (string)(await LocalCluster.Look(
                cluster.Gateways[1], $"players/{stalled.PlayerId}"))["status"]! != "Online", Soon);
        Assert.Equal(0, other.Client.Statistics.Reconnects);
    });

    [Fact]
    public Task C9_Every_node_writes_a_log_with_levels() => Within(60, async () =>
    {
        await fixture.Cluster.Heal();
        foreach (var node in fixture.Cluster.Silos.Concat(fixture.Cluster.Gateways))
        {
            await Wait.Until($"{node.Name} has written", () =>
                Directory.GetFiles(Path.Combine(node.Directory, "logs")).Any(
                file => Read(file).Contains(" INF ", StringComparison.Ordinal)), Soon);
        }
    });

    [Fact]
    public Task D1_D2_D3_D4_D6_Operators_see_routes_clients_nodes_and_where_a_player_is() => Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var ann = await TestPlayer.Join(cluster.Gateways[0]);
        await ann.Client.System.GetServerInfo();
        var routes = (await LocalCluster.Look(cluster.Gateways[0], "routes")).AsArray();
        Assert.Equal(Opcodes.Requests.Count, routes.Count);
        Assert.Equal(routes.Count, routes.Select(route => (uint)route!["op"]!).Distinct().Count());
        // Answered at the front, without a grain.
        var info = routes.Single(route => (string)route!["name"]! == "SystemService.GetServerInfo")!;
        Assert.True((long)info["requests"]! >= 1);
        var sessions = (await LocalCluster.Look(cluster.Gateways[0], "sessions?count=1000")).AsArray();
        Assert.Contains(sessions, session => (string)session!["playerId"]! == $"{ann.PlayerId}");
        Assert.Equal(4, (await LocalCluster.NodesSeenBy(cluster.Gateways[1])).Count);
        // Another gateway knows where the player is.
        var seen = await LocalCluster.Look(cluster.Gateways[1], $"players/{ann.PlayerId}");
        Assert.Equal("Online", (string)seen["status"]!);
        Assert.NotEmpty((string)seen["gateway"]!);
    });

    private static int[] Ports(AccountSession account) =>
        [.. account.Gateways.Select(gateway => new Uri($"tcp://{gateway.Tcp}").Port)];

    private static async Task<ServerEnvelope> Next(TcpTransport from) =>
        ServerEnvelope.Parser.ParseFrom((await from.Receive(default).AsTask().Within(Soon.TotalSeconds))!.Value.Span);

    private static async Task<TcpTransport> Connect(Node gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, gateway.TcpPort);
        return new TcpTransport(new NetworkStream(socket, ownsSocket: true));
    }

    private static ValueTask Send<TRequest>(TcpTransport to, uint id, TRequest request)
        where TRequest : IMessage<TRequest> =>
        to.Send(Envelope(id, request).ToByteArray(), more: false, default);

    private static byte[] Frame<TRequest>(uint id, TRequest request) where TRequest : IMessage<TRequest>
    {
        var body = Envelope(id, request).ToByteArray();
        var frame = new byte[4 + body.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        return frame;
    }

    private static ClientEnvelope Envelope<TRequest>(uint id, TRequest request) where TRequest : IMessage<TRequest> =>
        new() { Id = id, Op = Opcodes.Of<TRequest>().Op, Body = request.ToByteString() };

    private static string Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
