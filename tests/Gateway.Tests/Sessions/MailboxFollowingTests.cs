using GameBackend.Grains.Interfaces;
using static GameBackend.Gateway.Tests.Harness.ScriptedMailbox;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A session and its mailbox, when lanes lose, repeat and reorder.</summary>
public sealed class MailboxFollowingTests
{
    [Fact]
    public async Task However_lanes_mix_items_the_client_sees_each_once_in_order()
    {
        const int Count = 300;
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var rig = await Open();
            for (ulong seq = 1; seq <= Count; seq++)
                rig.Mailbox.Items.Add(Item(seq));
            var deliveries = rig.Mailbox.Items
                .SelectMany(item => Enumerable.Repeat(item, random.Next(4)))
                .OrderBy(item => item.Seq + (ulong)random.Next(30));
            foreach (var item in deliveries)
                rig.Session.Deliver(item);
            await rig.Session.CatchUp(Count).Within();

            for (ulong seq = 1; seq <= Count; seq++)
                Assert.Equal(seq, (await rig.Socket.Next()).Seq);
            rig.Session.Deliver(new MailboxItem(0, 1, []));
            Assert.Equal(0ul, (await rig.Socket.Next()).Seq);
        }
    }

    [Fact]
    public async Task In_order_nothing_is_read_from_the_mailbox()
    {
        var rig = await Open(sentSeq: 5);
        for (ulong seq = 4; seq < 10; seq++)
            rig.Session.Deliver(Item(seq));
        for (ulong seq = 6; seq < 10; seq++)
            Assert.Equal(seq, (await rig.Socket.Next()).Seq);
        Assert.Equal(0, rig.Mailbox.Reads);
    }

    [Fact]
    public async Task A_lost_last_item_is_found_by_the_head()
    {
        var rig = await Open();
        rig.Mailbox.Items.Add(Item(1));
        await rig.Session.CatchUp(1).Within();
        Assert.Equal(1ul, (await rig.Socket.Next()).Seq);
    }

    [Fact]
    public async Task Items_that_come_while_a_gap_is_read_are_sent_behind_it()
    {
        var rig = await Open();
        var gate = new TaskCompletionSource();
        rig.Mailbox.Before = gate.Task;
        rig.Mailbox.Items.AddRange([Item(1), Item(2), Item(3)]);
        rig.Session.Deliver(Item(2));
        await Wait.Until(() => rig.Mailbox.Reads == 1);
        rig.Session.Deliver(Item(3));
        gate.SetResult();
        for (ulong seq = 1; seq <= 3; seq++)
            Assert.Equal(seq, (await rig.Socket.Next()).Seq);
    }

    [Fact]
    public async Task A_mailbox_that_cannot_be_read_is_read_again_when_asked()
    {
        var rig = await Open();
        rig.Mailbox.Items.Add(Item(1));
        rig.Mailbox.Before = Task.FromException(new TimeoutException());
        await rig.Session.CatchUp(1).Within();
        Assert.False(rig.Session.HasSent(1));
        rig.Mailbox.Before = Task.CompletedTask;
        await rig.Session.CatchUp(1).Within();
        Assert.Equal(1ul, (await rig.Socket.Next()).Seq);
    }

    [Fact]
    public async Task A_reply_waits_for_the_pushes_it_names()
    {
        var rig = await Open(mailbox => new Outcome(GameError.Ok, null, null, AfterSeq: 2));
        rig.Mailbox.Items.AddRange([Item(1), Item(2)]);
        var id = rig.Request(new FetchPlayerRequest());
        Assert.Equal(1ul, (await rig.Socket.Next()).Seq);
        Assert.Equal(2ul, (await rig.Socket.Next()).Seq);
        Assert.Equal(id, (await rig.Socket.Next()).Id);
    }

    [Fact]
    public async Task A_reply_whose_pushes_cannot_be_read_becomes_unavailable()
    {
        var rig = await Open(mailbox => new Outcome(GameError.Ok, null, null, AfterSeq: 2));
        rig.Mailbox.Before = Task.FromException(new TimeoutException());
        var id = rig.Request(new FetchPlayerRequest());
        var answer = await rig.Socket.Next();
        Assert.Equal((id, GameError.Unavailable), (answer.Id, answer.Error));
    }

    [Fact]
    public async Task A_backlog_larger_than_the_queue_goes_at_the_pace_of_the_client()
    {
        const int Count = 100, Bytes = 50_000;
        var rig = await Open();
        rig.Socket.StopReading();
        for (ulong seq = 1; seq <= Count; seq++)
            rig.Mailbox.Items.Add(Item(seq, Bytes));
        var all = rig.Session.CatchUp(Count);
        await Wait.Until(() => rig.Socket.IsCrowded);
        Assert.False(all.IsCompleted);
        rig.Socket.ReadOn();
        for (ulong seq = 1; seq <= Count; seq++)
            Assert.Equal(seq, (await rig.Socket.Next()).Seq);
        await all.Within();
    }

    [Fact]
    public async Task Acknowledgements_reach_the_mailbox_in_portions_and_never_beyond_what_was_sent()
    {
        var rig = await Open();
        for (ulong seq = 1; seq <= 100; seq++)
            rig.Session.Deliver(Item(seq));
        for (ulong seq = 1; seq <= 100; seq++)
            rig.Acknowledge(seq);
        Assert.Equal([64ul], rig.Mailbox.Acks);
        rig.Acknowledge(1_000_000);
        rig.Acknowledge(3);
        Assert.Equal(100ul, rig.Session.AckedSeq);
    }

    [Fact]
    public async Task The_smaller_the_mailbox_the_sooner_it_hears_of_acknowledgements()
    {
        var rig = new Rig().Open(maxBacklog: 16);
        await rig.Socket.Next();
        for (ulong seq = 1; seq <= 8; seq++)
        {
            rig.Session.Deliver(Item(seq));
            rig.Acknowledge(seq);
        }

        Assert.Equal([2ul, 4, 6, 8], rig.Mailbox.Acks);
    }

    private static async Task<Rig> Open(Func<ScriptedMailbox, Outcome> answer, ulong sentSeq = 0)
    {
        Rig rig = null!;
        rig = new Rig(routes => routes.Map<FetchPlayerRequest, PlayerView>(
            (_, _) => Task.FromResult(answer(rig.Mailbox)))).Open(sentSeq);
        await rig.Socket.Next();
        return rig;
    }

    private static Task<Rig> Open(ulong sentSeq = 0) => Open(_ => Outcome.Done, sentSeq);
}
