using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GameBackend.Client;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Front;

/// <summary>Players behind a real nginx with the configuration that is deployed.</summary>
public sealed class FrontTests(FrontFixture front, ITestOutputHelper output) : EndToEndTest(output),
    IClassFixture<FrontFixture>
{
    private const int Notes = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory, InlineData("tcp"), InlineData("tls"), InlineData("wss"), InlineData("kcp")]
    public Task A8_A_player_plays_through_nginx_and_the_gateway_knows_the_address(string scheme) =>
        Within(60, async () =>
    {
        await front.Cluster.Heal();
        await using var player = await front.Join(scheme);
        var writer = await Writer.For(player);
        for (var i = 0; i < 5; i++)
            await writer.Write();
        await player.Client.Mailbox.SendNote(player.PlayerId, "to myself");
        await Wait.Until("the note arrives", () => player.Notes.Any(), Patience);
        await writer.CheckAll();

        var sessions = await LocalCluster.Look(front.GatewayOf(player), "sessions");
        var session = sessions.AsArray().Single(each => (string)each!["playerId"]! == $"{player.PlayerId}")!;
        // KCP goes past nginx, from any address.
        var expected = scheme == "kcp" ? "127.0.0.1" : $"{FrontFixture.Home}";
        Assert.StartsWith($"{expected}:", (string)session["address"]!, StringComparison.Ordinal);
        Say($"{scheme}: {session["transport"]} from {session["address"]}");
    });

    [Fact]
    public Task A8_Clients_of_a_killed_gateway_go_on_at_the_other_one_through_nginx() => Within(90, async () =>
    {
        await front.Cluster.Heal();
        var players = new List<(string Scheme, TestPlayer Player)>();
        foreach (var scheme in new[] { "kcp", "tcp", "tcp", "tls", "tls", "wss", "wss" })
            players.Add((scheme, await front.Join(scheme)));
        var doomed = front.GatewayOf(players[0].Player);
        var moved = players.Where(each => front.GatewayOf(each.Player) == doomed).ToArray();
        // nginx spreads what it need not keep together.
        Assert.Equal(["kcp", "tcp", "tls", "wss"], moved.Select(each => each.Scheme).Distinct().Order());

        var writers = await Writer.For(players.Select(each => each.Player));
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(writers.Select(writer => writer.Run(stop.Token)));
        await Wait.Until("all write", () => writers.All(writer => writer.Acknowledged > 2), Patience);
        await doomed.Kill();
        Say($"{doomed.Name} is killed with {moved.Length} of {players.Count} players");
        var friend = players.First(each => front.GatewayOf(each.Player) != doomed).Player;
        foreach (var (_, player) in moved)
        {
            for (var i = 0; i < Notes; i++)
                await friend.Client.Mailbox.SendNote(player.PlayerId, $"{i}");
        }

        var until = writers.Select(writer => writer.Acknowledged + 5).ToArray();
        await Wait.Until("all write again", () =>
            !writers.Where((writer, i) => writer.Acknowledged < until[i]).Any(), Patience);
        await stop.CancelAsync();
        await writing.Within(Patience.TotalSeconds);

        foreach (var writer in writers)
            await writer.CheckAll();
        foreach (var (scheme, player) in moved)
        {
            Assert.NotEqual(doomed, front.GatewayOf(player));
            Assert.Equal((1, 0), (player.Client.Statistics.Resumes, player.Client.Statistics.SessionsLost));
            await Wait.Until("all notes arrive", () => player.Notes.Count() >= Notes, Patience);
            Assert.Equal(Enumerable.Range(0, Notes)
                .Select(number => $"{number}"), player.Notes.Select(note => note.Text));
            AssertInOrder(player.Pushes);
            Say($"{scheme}: slowest write {writers.Single(each => each.Player == player).Slowest.TotalSeconds:0.0} s");
        }

        foreach (var (_, player) in players)
            await player.DisposeAsync();
    });

    [Fact]
    public Task Datagrams_from_many_ports_do_not_shut_off_tcp() => Within(60, async () =>
    {
        await front.Cluster.Heal();
        var targets = front.Nginx.ListeningPorts.Concat(front.Cluster.Gateways.Select(gateway => gateway.Kcp.Port))
            .Select(port => new IPEndPoint(IPAddress.Loopback, port)).ToArray();
        var sockets = Enumerable.Range(0, 600)
            .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)).ToArray();
        try
        {
            foreach (var socket in sockets)
            {
                foreach (var target in targets)
                    socket.SendTo([0], target);
            }

            foreach (var scheme in new[] { "tcp", "tls", "wss", "kcp" })
            {
                await using var player = await front.Join(scheme);
                await player.Client.Mailbox.SendNote(player.PlayerId, "to myself");
            }
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    });

    [Fact]
    public Task A_call_has_one_trace_in_the_app_the_gateway_and_the_silo() => Within(60, async () =>
    {
        await front.Cluster.Heal();
        await using var player = await front.Join("wss");
        using var app = new Activity("buy").Start();
        await player.Client.Player.Buy("wood.oak", 1);
        var gateway = front.GatewayOf(player);
        foreach (var (node, what) in new[] { (gateway, "PlayerService.Buy"), (front.Cluster.Silos[0], "Buy") })
        {
            var line = await node.Process.Line(
                said => said.Contains($"trace={app.TraceId}", StringComparison.Ordinal)
                    && said.Contains(what, StringComparison.Ordinal),
                "a line of the trace", Patience);
            Say($"{node.Name}: {line}");
        }
    });

    private static void AssertInOrder(Push[] pushes)
    {
        var numbers = pushes.Where(push => push.Seq != 0).Select(push => (int)push.Seq).ToArray();
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
    }
}
