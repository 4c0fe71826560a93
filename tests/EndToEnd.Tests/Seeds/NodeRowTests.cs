using GameBackend.EndToEnd.Tests.Cluster;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using GameBackend.Grains.Interfaces;
using GameBackend.Nodes;
using GameBackend.Protocol;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit.Abstractions;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace GameBackend.EndToEnd.Tests.Seeds;

/// <summary>
/// What nodes know of each other and do with each other. Names of tests begin with the rows of docs/SEEDS.md that they
/// show.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class NodeRowTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(3);
    private static readonly ServiceDescriptor Players = ZonesReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor Relay = RelayReflection.Descriptor.Services[0];

    [Fact]
    public Task A4_B1_Nodes_hear_who_joins_and_leaves_and_a_killed_one_is_gone_within_3_s() => Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var node = await ToolNode.Join(cluster, 1);
        Assert.Equal("a test", node.Directory.Mine.Metadata["purpose"]);
        Assert.Equal(5, node.Directory.All.Length);
        foreach (var victim in new[] { cluster.Silos[1], cluster.Gateways[1] })
        {
            var before = node.Directory.Named(victim.Name)!;
            Assert.True(node.Directory.IsActive(before.Uuid));
            await victim.Kill();
            var began = MachineTime.Now;
            await Wait.Until("it is gone", () => !node.Directory.IsActive(before.Uuid), GoneWithin);
            await Wait.Until("it is gone for a gateway", async () =>
                !(await LocalCluster.NodesSeenBy(cluster.Gateways[0])).ContainsKey(victim.Name),
                GoneWithin - (MachineTime.Now - began));
            Say($"{victim.Name} is gone after {(MachineTime.Now - began).TotalSeconds:0.00} s");
            Assert.Null(node.Directory.Find(before.Uuid));
            Assert.Contains(node.Changes, change =>
                change.Kind == NodeChangeKind.Left && change.Node.Uuid == before.Uuid);
            await victim.Start();
            await Wait.Until("it is back", () => node.Directory.Named(victim.Name) is not null, Soon);
            var again = node.Directory.Named(victim.Name)!;
            Assert.Equal(before.Address.Type, again.Address.Type);
            Assert.NotEqual(before.Uuid, again.Uuid);
            Assert.Contains(node.Changes, change =>
                change.Kind == NodeChangeKind.Joined && change.Node.Uuid == again.Uuid);
            Assert.True(again.LastActiveMs > before.LastActiveMs);
        }
    });

    [Fact]
    public Task A5_A_message_reaches_a_node_by_uuid_or_waits_for_it_and_to_a_dead_one_is_an_error() =>
        Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var sender = await ToolNode.Join(cluster, 1);
        var receiver = await ToolNode.Join(cluster, 2);
        await Wait.Until("they see each other", () => sender.Directory.All.Length == 6, Soon);
        await sender.Bus.Push(receiver.Directory.Mine.Uuid, Text("by uuid"));
        await sender.Bus.Push(sender.Directory.Mine.Uuid, Text("to itself"));
        await Wait.Until("both have come", () => receiver.Heard.Count == 1 && sender.Heard.Count == 1, Soon);

        var dead = receiver.Directory.Mine;
        await receiver.Kill();
        await Wait.Until("it is gone", () => !sender.Directory.IsActive(dead.Uuid), GoneWithin);
        var error = await Assert.ThrowsAsync<NodeException>(() => sender.Bus.Push(dead.Uuid, Text("too late")));
        Assert.Equal(NodeError.NodeGone, error.Error);
        for (var i = 0; i < 3; i++)
            await sender.Bus.PushDurable(dead.Address, Text($"left {i}"));
        await receiver.DisposeAsync();
        await using var again = await ToolNode.Join(cluster, 2);
        await Wait.Until("what was left is there", () => again.Heard.Count == 3, Soon);
        Assert.Equal(["left 0", "left 1", "left 2"], again.Heard);
    });

    [Fact]
    public Task B2_B3_C1_Nodes_know_themselves_and_find_others_by_every_look_up() => Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var node = await ToolNode.Join(cluster, 7);
        var mine = node.Directory.Mine;
        Assert.Equal(
            (new NodeAddress(1, ToolNode.Type, 7), "1.2.3", 7), (mine.Address, mine.Version, (int)mine.Load.Items));
        Assert.Equal("1.9.7", $"{mine.Address}");
        Assert.Equal(2, node.Directory.OfType(NodeTypes.Silo).Length);
        Assert.Equal(2, node.Directory.WithRole("battle").Length);
        Assert.Equal(NodeTypes.Gateway, node.Directory.RandomOf(NodeTypes.Gateway)!.Address.Type);
        Assert.Null(node.Directory.RandomOf(77));
        Assert.Equal(mine.Uuid, node.Directory.Find(mine.Address)!.Uuid);
        // The others print it, with what it says of itself.
        await Wait.Until("both gateways see it", async () =>
        {
            foreach (var gateway in cluster.Gateways)
            {
                if (!(await LocalCluster.NodesSeenBy(gateway)).TryGetValue(mine.Name, out var seen))
                    return false;
                Assert.Equal("1.2.3", (string)seen["version"]!);
                Assert.Equal(7, (int)seen["load"]!["items"]!);
                Assert.Equal("a test", (string)seen["metadata"]!["purpose"]!);
            }

            return true;
        }, Soon);
        await cluster.Gateways[0].Process.Line($"Node Joined: {mine.Name} 1.9.7 1.2.3", Soon);
    });

    [Fact]
    public Task B4_B9_C10_Messages_go_to_one_a_type_or_all_with_or_without_oneself_and_too_large_is_an_error() =>
        Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var first = await ToolNode.Join(cluster, 1);
        await using var second = await ToolNode.Join(cluster, 2);
        await Wait.Until("they see each other", () =>
            first.Directory.All.Length == 6 && second.Directory.All.Length == 6, Soon);
        Assert.Equal(1, await first.Bus.PushToType(ToolNode.Type, Text("others of the type")));
        Assert.Equal(2, await first.Bus.PushToType(ToolNode.Type, Text("all of the type"), includeSelf: true));
        Assert.Equal(5, await first.Bus.PushToAll(Text("all others")));
        await first.Bus.PushToRandom(NodeTypes.Silo, Text("any silo"));
        var large = new string('x', 100_000);
        await first.Bus.Push(second.Address, Text(large));
        await Wait.Until("all have come", () => second.Heard.Count == 4, Soon);
        Assert.Equal(["others of the type", "all of the type", "all others", large], second.Heard);
        Assert.Equal(["all of the type"], first.Heard);
        var error = await Assert.ThrowsAsync<NodeException>(
            () => first.Bus.Push(second.Address, Text(new string('x', 2_000_000))));
        Assert.Equal(NodeError.TooLarge, error.Error);
    });

    [Fact]
    public Task B5_D7_Any_node_pushes_to_a_player_to_many_and_to_everybody_at_any_gateway() => Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var node = await ToolNode.Join(cluster, 1);
        var players = await TestPlayer.JoinAll(6, [.. cluster.Gateways]);
        var op = Opcodes.OfPush<ServerNotice>().Op;
        ByteString Notice(string text) => new ServerNotice { Text = text }.ToByteString();
        Task<PlayersPushed> Push(string text, string messageId, IEnumerable<ulong> to) => Ask<PlayersPushed>(
            node, Relay, new PlayersPush { PlayerIds = { to }, Op = op, Body = Notice(text), MessageId = messageId });

        await Push("to one", "", [players[0].PlayerId]);
        await Push("to some", "", players.Take(4).Select(player => player.PlayerId));
        var told = await Ask<EverybodyPushed>(node, Relay, new EverybodyPush { Op = op, Body = Notice("to all") });
        Assert.Equal(2u, told.Gateways);
        await Wait.Until("all have heard", () => players.All(player => Notices(player).Contains("to all")), Soon);
        Assert.Equal(["to one", "to some", "to all"], Notices(players[0]));
        Assert.Equal(["to some", "to all"], Notices(players[3]));
        Assert.Equal(["to all"], Notices(players[5]));
        Assert.Equal(
            2, (int)(await LocalCluster.Act(cluster.Gateways[0], "announce", new { text = "by hand" }))["gateways"]!);
        await Wait.Until("it is announced", () => players.All(player => Notices(player).Contains("by hand")), Soon);

        // Into the mailbox: once, and for who is away as well.
        var away = players[1];
        await away.Client.Leave();
        await away.DisposeClient();
        for (var again = 0; again < 2; again++)
            Assert.Empty((await Push("kept", "name of it", players.Take(2).Select(player => player.PlayerId))).Full);
        await away.LogIn(cluster.Gateways[1]);
        await Wait.Until("it is delivered", () =>
            players.Take(2).All(player => Notices(player).Contains("kept")), Soon);
        Assert.Single(Notices(players[0]), "kept");
        Assert.Single(Notices(away), "kept");
        var error = await Assert.ThrowsAsync<NodeException>(
            () => Ask<EverybodyPushed>(node, Relay, new EverybodyPush { Op = 9999 }));
        Assert.Contains("9999", error.Message, StringComparison.Ordinal);
        foreach (var player in players)
            await player.DisposeAsync();
    });

    [Fact]
    public Task C2_C10_Calls_have_replies_deadlines_and_errors_and_fail_when_their_peer_is_killed() =>
        Within(90, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var player = await TestPlayer.Join(cluster.Gateways[0]);
        await using var node = await ToolNode.Join(cluster, 1);
        var silo = node.Directory.Named("silo-1")!.Address;
        var find = new FindPlayerRequest { PlayerId = player.PlayerId };
        Assert.Equal(player.PlayerId, (await node.Calls.Call<FindPlayerReply>(silo, Players, find)).Profile.PlayerId);
        var called = new TaskCompletionSource<ulong>();
        _ = node.Calls.Call<FindPlayerReply>(silo, Players, find).ContinueWith(
            reply => called.SetResult(reply.Result.Profile.PlayerId), TaskScheduler.Default);
        Assert.Equal(player.PlayerId, await called.Task.Within(Soon.TotalSeconds));
        Assert.Equal(NodeError.NodeGone,
            await Error(node.Calls.Call<FindPlayerReply>(new NodeAddress(1, 2, 99), Players, find)));
        Assert.Equal(
            NodeError.NoRoute, await Error(node.Calls.Call<FindPlayerReply>(new NodeAddress(7, 2, 1), Players, find)));

        cluster.Silos[0].Process.Freeze();
        Assert.Equal(
            NodeError.Timeout,
            await Error(node.Calls.Call<FindPlayerReply>(silo, Players, find, TimeSpan.FromMilliseconds(200))));
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Equal(
            NodeError.Cancelled,
            await Error(node.Calls.Call<FindPlayerReply>(silo, Players, find, null, giveUp.Token)));
        var inFlight = node.Calls.Call<FindPlayerReply>(silo, Players, find, TimeSpan.FromSeconds(20));
        await cluster.Silos[0].Kill();
        var began = MachineTime.Now;
        Assert.Equal(NodeError.NodeGone, await Error(inFlight));
        Assert.InRange(MachineTime.Now - began, TimeSpan.Zero, GoneWithin);
        Say($"the call has failed {(MachineTime.Now - began).TotalSeconds:0.00} s after the kill");
    });

    [Fact]
    public Task C7_Who_is_not_available_gets_no_picks_but_answers_and_who_is_not_listed_does_not_start() =>
        Within(60, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        await using var first = await ToolNode.Join(cluster, 1);
        await using var second = await ToolNode.Join(cluster, 2);
        second.Self.Available = false;
        await Wait.Until("it is seen", () => first.Directory.Find(second.Address) is { Available: false }, Soon);
        for (var i = 0; i < 20; i++)
            Assert.Equal(first.Address, first.Directory.RandomOf(ToolNode.Type)!.Address);
        await first.Bus.Push(second.Address, Text("directly"));
        await Wait.Until("it has come", () => second.Heard.Contains("directly"), Soon);

        var stranger = cluster.NewSilo(
            "stranger", "--Node:Number", "33", "--Node:AllowedAddresses:0", "1.2.1", "--Node:AllowedAddresses:1",
            "1.2.2").Launch();
        Assert.NotEqual(0, await stranger.Exit(TimeSpan.FromSeconds(30)));
        Assert.Contains(stranger.Lines(), line => line.Contains("1.2.33", StringComparison.Ordinal));
    });

    private static string[] Notices(TestPlayer player) =>
        [.. player.Pushes.Select(push => push.Message).OfType<ServerNotice>().Select(notice => notice.Text)];

    private static StringValue Text(string text) => new() { Value = text };

    private static Task<TReply> Ask<TReply>(ToolNode node, ServiceDescriptor service, IMessage request)
        where TReply : IMessage<TReply>, new() =>
        node.Calls.Call<TReply>(node.Directory.RandomOf(NodeTypes.Silo)!.Address, service, request);

    private static async Task<NodeError> Error(Task call) =>
        (await Assert.ThrowsAsync<NodeException>(() => call.Within(30))).Error;
}
