using System.Collections.Concurrent;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Tests;

public sealed class MailboxTests
{
    [Theory]
    [InlineData(PreferredTransport.Tcp)]
    [InlineData(PreferredTransport.WebSocket)]
    public async Task Pushes_arrive_in_order_and_are_acknowledged(PreferredTransport transport)
    {
        await using var rig = await Rig.Start();
        var (client, notes) = await Listening(rig, transport);

        for (var i = 0; i < 10; i++)
            rig.World.Post($"{i}");
        await Wait.Until(() => rig.World.Acknowledged == 10);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), notes);
        Assert.Equal(10ul, client.LastSeq);
    }

    [Fact]
    public async Task What_was_missed_comes_after_the_log_in()
    {
        await using var rig = await Rig.Start();
        rig.World.Post("early");

        var (_, notes) = await Listening(rig);

        await Wait.Until(() => notes.Count == 1);
    }

    [Fact]
    public async Task A_push_that_comes_twice_is_handled_once()
    {
        await using var rig = await Rig.Start();
        var (client, notes) = await Listening(rig);
        rig.World.Post("a");
        var again = (1ul, Opcodes.OfPush<Note>().Op, new Note { Text = "a" }.ToByteString());

        rig.World.Live!.Push(again);
        await client.Player.Fetch();

        Assert.Equal(["a"], notes);
        Assert.Equal(1, client.Statistics.Duplicates);
        Assert.Equal(0, client.Statistics.Reconnects);
    }

    [Fact]
    public async Task A_hole_makes_the_client_resume_and_get_the_rest()
    {
        await using var rig = await Rig.Start();
        rig.Gateway.OnConnection = connection => connection.OnSend = envelope =>
            envelope.Seq != 2 || rig.Gateway.Accepted > 1;
        var (client, notes) = await Listening(rig);

        rig.World.Post("a");
        rig.World.Post("b");
        rig.World.Post("c");
        await Wait.Until(() => notes.Count == 3);

        Assert.Equal(["a", "b", "c"], notes);
        Assert.Equal(1, client.Statistics.Gaps);
        Assert.Equal(1, client.Statistics.Resumes);
        Assert.Equal(1ul, rig.World.LastResume!.LastSeq);
    }

    [Fact]
    public async Task A_transient_push_has_no_place_in_the_order()
    {
        await using var rig = await Rig.Start();
        var (client, notes) = await Listening(rig);

        rig.World.Live!.Push(new Note { Text = "now" });
        rig.World.Post("a");
        await Wait.Until(() => notes.Count == 2);

        Assert.Equal(["now", "a"], notes);
        Assert.Equal(1ul, client.LastSeq);
    }

    [Fact]
    public async Task A_dropped_backlog_is_said_and_is_no_hole()
    {
        await using var rig = await Rig.Start();
        var (client, notes) = await Listening(rig);
        var dropped = new TaskCompletionSource<ulong>();
        client.On<Resync>(resync => dropped.SetResult(resync.Dropped));

        rig.World.Overflow(40);
        rig.World.Post("after");
        await Wait.Until(() => notes.Count == 1);

        Assert.Equal(40ul, await dropped.Task);
        Assert.Equal(0, client.Statistics.Gaps);
        Assert.Equal(1, client.Statistics.Resyncs);
        Assert.Equal(42ul, client.LastSeq);
    }

    [Fact]
    public async Task Pushes_of_a_request_are_handled_before_its_reply()
    {
        await using var rig = await Rig.Start();
        rig.World.WritesPush = true;
        var (client, notes) = await Listening(rig);

        for (var i = 1; i <= 20; i++)
        {
            await client.Bag.Move(0, 1);
            Assert.Equal(i, notes.Count);
        }
    }

    [Fact]
    public async Task A_failing_handler_hinders_nothing()
    {
        await using var rig = await Rig.Start();
        var (client, notes) = await Listening(rig);
        var failures = new ConcurrentQueue<Exception>();
        client.HandlerFailed += failures.Enqueue;
        var registration = client.On<Note>(_ => throw new FormatException("app"));

        rig.World.Post("a");
        await Wait.Until(() => failures.Count == 1);
        registration.Dispose();
        rig.World.Post("b");
        await Wait.Until(() => notes.Count == 2);

        Assert.IsType<FormatException>(Assert.Single(failures));
        Assert.Equal(0, client.Statistics.Reconnects);
    }

    [Fact]
    public async Task An_unknown_push_is_shown_raw()
    {
        await using var rig = await Rig.Start();
        var (client, _) = await Listening(rig);
        var pushes = new ConcurrentQueue<Push>();
        client.Pushed += pushes.Enqueue;

        rig.World.Live!.Push((0, 9_999, ByteString.CopyFromUtf8("?")));
        await Wait.Until(() => pushes.Count == 1);

        var push = Assert.Single(pushes);
        Assert.Null(push.Message);
        Assert.Equal("?", push.Body.ToStringUtf8());
    }

    [Fact]
    public async Task What_an_earlier_run_has_handled_is_not_handled_again()
    {
        await using var rig = await Rig.Start();
        rig.World.Post("a");
        rig.World.Post("b");
        var client = rig.Client(rig.Options(PreferredTransport.Tcp) with { LastSeq = 1 });
        var notes = new ConcurrentQueue<string>();
        client.On<Note>(note => notes.Enqueue(note.Text));

        await client.Connect();
        await Wait.Until(() => !notes.IsEmpty);

        Assert.Equal(["b"], notes);
    }

    [Fact]
    public async Task Many_pushes_are_acknowledged_before_the_backlog_grows()
    {
        await using var rig = await Rig.Start();
        var client = rig.Client(rig.Options(PreferredTransport.Tcp) with { AcknowledgeWithin = TimeSpan.FromHours(1) });
        await client.Connect();

        for (var i = 0; i < 40; i++)
            rig.World.Post($"{i}");

        await Wait.Until(() => rig.World.Acknowledged >= 32);
    }

    private static async Task<(GameClient Client, ConcurrentQueue<string> Notes)> Listening(
        Rig rig, PreferredTransport transport = PreferredTransport.Tcp)
    {
        var client = rig.Client(rig.Options(transport));
        var notes = new ConcurrentQueue<string>();
        client.On<Note>(note => notes.Enqueue(note.Text));
        await client.Connect();
        return (client, notes);
    }
}
