using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Mailbox;

[Collection(nameof(RedisGame))]
public sealed class MailboxOnRedisTests(RedisGame game) : MailboxContract(game)
{
    [Fact]
    public async Task A_message_stays_known_when_the_mailbox_moves_to_another_silo()
    {
        var (box, _) = NewBox();
        var first = (await box.Post("a", 1, [1], PostKind.Change))!;
        foreach (var silo in game.Cluster.Silos)
        {
            await GameHost.Move(box, silo.SiloAddress);
            Assert.Equal(first.Seq, (await box.Post("a", 1, [1], PostKind.Change))!.Seq);
            await Wait.Until(async () => silo.SiloAddress.Equals(await game.Whereabouts(box)), "it has moved");
            Assert.Equal(first.Seq, (await box.Post("a", 1, [1], PostKind.Change))!.Seq);
        }

        Assert.Single(await box.Read(1, 10));
    }
}

[Collection(nameof(EmbeddedGame))]
public sealed class MailboxOnEmbeddedStoreTests(EmbeddedGame game) : MailboxContract(game);

/// <summary>The mailbox: numbered, durable, each message once.</summary>
public abstract class MailboxContract(GameHost game)
{
    private const ulong MaxBacklog = 1000;
    private static readonly uint ResyncOp = Opcodes.OfPush<Resync>().Op;

    protected (IMailboxGrain Box, long Id) NewBox()
    {
        var id = Random.Shared.NextInt64(1, long.MaxValue);
        return (game.Client.GetGrain<IMailboxGrain>(id), id);
    }

    [Fact]
    public async Task Items_are_numbered_without_a_hole_and_read_in_order()
    {
        var (box, _) = NewBox();
        for (var i = 1; i <= 300; i++)
            Assert.Equal((ulong)i, (await box.Post($"{i}", 7, [(byte)i], PostKind.Change))!.Seq);
        await GameHost.Deactivate(box);
        Assert.Equal(301ul, (await box.Post("301", 7, [1], PostKind.Change))!.Seq);

        var page = await box.Read(100, 3);
        Assert.Equal([100ul, 101ul, 102ul], page.Select(item => item.Seq));
        Assert.All(page, item => Assert.Equal((7u, (byte)item.Seq), (item.Op, Assert.Single(item.Body))));
        Assert.Equal(256, (await box.Read(1, 100_000)).Length);
        Assert.Equal(1ul, Assert.Single(await box.Read(0, 0)).Seq);
        Assert.Empty(await box.Read(302, 10));
    }

    [Fact]
    public async Task A_message_that_is_posted_again_keeps_its_place()
    {
        var (box, _) = NewBox();
        await box.Post("a", 1, [1], PostKind.Change);
        var b = (await box.Post("b", 2, [2], PostKind.Message))!;
        await box.Post("c", 3, [3], PostKind.Change);
        Assert.Equal(b.Seq, (await box.Post("b", 2, [2], PostKind.Message))!.Seq);
        await GameHost.Deactivate(box);
        Assert.Equal(b.Seq, (await box.Post("b", 2, [2], PostKind.Message))!.Seq);
        Assert.Equal([1u, 2u, 3u], (await box.Read(1, 10)).Select(item => item.Op));
    }

    [Fact]
    public async Task Of_posts_at_once_each_gets_its_own_number()
    {
        var (box, _) = NewBox();
        var posted = await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(i => new[]
        {
            box.Post($"{i}", 1, [], PostKind.Change), box.Post($"{i}", 1, [], PostKind.Change),
        }));
        var numbers = posted.Select(item => item!.Seq).Distinct().Order();
        Assert.Equal(Enumerable.Range(1, 50).Select(seq => (ulong)seq), numbers);
    }

    [Fact]
    public async Task A_writer_that_another_has_overtaken_is_fenced_and_loses_nothing()
    {
        var (box, id) = NewBox();
        await box.Post("a", 1, [1], PostKind.Change);
        await game.Logs.Append($"mailbox/{id}", 2, "b", new byte[] { 0, 0, 0, 2, 9 });
        var fenced = await Assert.ThrowsAsync<OutcomeUnknownException>(() => box.Post("c", 3, [3], PostKind.Change));
        Assert.Contains("LogFencedException", fenced.Message);
        Assert.Equal(3ul, (await Wait.UntilClear(() => box.Post("c", 3, [3], PostKind.Change)))!.Seq);
        Assert.Equal([1u, 2u, 3u], (await box.Read(1, 10)).Select(item => item.Op));
    }

    [Theory]
    [InlineData("append:mailbox/", Fault.Before)]
    [InlineData("append:mailbox/", Fault.After)]
    [InlineData("trim:mailbox/", Fault.After)]
    [InlineData("write:mailbox/", Fault.Before)]
    [InlineData("write:mailbox/", Fault.After)]
    public async Task After_a_write_that_failed_the_mailbox_is_what_the_log_says(string point, Fault fault)
    {
        var (box, id) = NewBox();
        await box.Post("a", 1, [], PostKind.Change);
        game.Faults.Arm(point + id, fault);
        await Assert.ThrowsAsync<OutcomeUnknownException>(async () =>
        {
            await box.Post("b", 2, [], PostKind.Change);
            await box.Attach(1, "lane", 1);
        });
        Assert.Equal(2ul, (await Wait.UntilClear(() => box.Post("b", 2, [], PostKind.Change)))!.Seq);
        Assert.Equal(new MailboxBounds(1, 2), await box.Attach(1, "lane", 1));
        Assert.Equal([2u], (await box.Read(1, 10)).Select(item => item.Op));
    }

    [Fact]
    public async Task A_sender_has_a_share_which_is_known_after_a_move_and_free_after_an_acknowledgement()
    {
        const ulong share = MaxBacklog / 5;
        var (box, id) = NewBox();
        for (var i = 0ul; i < share; i++)
        {
            Assert.NotNull(await box.PostFrom(5, $"five/{i}", 7, [5], PostKind.Message));
            Assert.NotNull(await box.PostFrom(i == 0 ? 6 : id, $"other/{i}", 7, [6], PostKind.Message));
        }

        await GameHost.Deactivate(box);
        Assert.Null(await box.PostFrom(5, "one too many", 7, [5], PostKind.Message));
        Assert.NotNull(await box.PostFrom(5, $"five/{share - 1}", 7, [5], PostKind.Message));
        Assert.False(await box.HasRoomFor(5, PostKind.Change));
        Assert.True(await box.HasRoomFor(6, PostKind.Message));
        Assert.True(await box.HasRoomFor(id, PostKind.Message));
        Assert.NotNull(await box.PostFrom(6, "of another", 7, [6], PostKind.Message));
        Assert.NotNull(await box.PostFrom(5, "a change", 7, [5], PostKind.Change));

        await box.Attach(1, "lane", 4);
        Assert.NotNull(await box.PostFrom(5, "there is room", 7, [5], PostKind.Message));
        Assert.Null(await box.PostFrom(5, "and no more", 7, [5], PostKind.Message));
        var items = await box.Read(1, 256);
        Assert.All(items, item => Assert.Equal(7u, item.Op));
        Assert.All(items, item => Assert.InRange(Assert.Single(item.Body), 5, 6));
    }

    [Fact]
    public async Task Acknowledged_items_are_gone_and_numbers_go_on()
    {
        var (box, _) = NewBox();
        for (var i = 1; i <= 5; i++)
            await box.Post($"{i}", 1, [], PostKind.Change);
        Assert.Equal(new MailboxBounds(3, 5), await box.Attach(1, "lane", 3));
        await box.Ack(1, 2);
        await box.Ack(1, 4);
        Assert.Equal([5ul], (await box.Read(1, 10)).Select(item => item.Seq));
        await box.Ack(1, 99);
        await GameHost.Deactivate(box);
        Assert.Equal(new MailboxBounds(5, 5), await box.Attach(1, "lane", 0));
        Assert.Empty(await box.Read(1, 10));
        Assert.Equal(6ul, (await box.Post("6", 1, [], PostKind.Change))!.Seq);
    }

    [Fact]
    public async Task What_an_older_connection_says_changes_nothing()
    {
        await using var lane = await LaneEar.Listen(game);
        await using var oldLane = await LaneEar.Listen(game, 1);
        var (box, id) = NewBox();
        await box.Post("a", 1, [], PostKind.Change);
        await box.Attach(5, lane.Name, 0);
        await box.Attach(4, oldLane.Name, 1);
        await box.Ack(4, 1);
        await box.Detach(4);
        Assert.Equal(new MailboxBounds(0, 1), await box.Attach(5, lane.Name, 0));
        var item = (await box.Post("b", 1, [], PostKind.Change))!;
        Assert.Equal(5ul, (await lane.Next(id, item.Seq)).Epoch);
        Assert.Empty(oldLane.Items);
    }

    [Fact]
    public async Task A_detached_mailbox_is_silent_until_it_is_attached_again()
    {
        await using var lane = await LaneEar.Listen(game);
        var (box, id) = NewBox();
        await box.Attach(1, lane.Name, 0);
        await lane.Next(id, (await box.Post("a", 1, [], PostKind.Change))!.Seq);
        // A detach that is newer than the attachment ends it as well.
        await box.Detach(2);
        await box.Attach(1, lane.Name, 0);
        await box.Post("b", 1, [], PostKind.Change);
        await box.Attach(3, lane.Name, 0);
        await lane.Next(id, (await box.Post("c", 1, [], PostKind.Change))!.Seq);
        Assert.Equal([1ul, 3ul], lane.Items.Where(item => item.PlayerId == id).Select(item => item.Seq));
    }

    [Fact]
    public async Task An_attachment_outlives_the_activation()
    {
        await using var lane = await LaneEar.Listen(game);
        var (box, id) = NewBox();
        await box.Attach(1, lane.Name, 0);
        await GameHost.Deactivate(box);
        await lane.Next(id, (await box.Post("a", 1, [], PostKind.Message))!.Seq);
    }

    [Fact]
    public async Task A_change_that_goes_with_the_reply_and_an_unattached_push_take_no_lane()
    {
        await using var lane = await LaneEar.Listen(game);
        var (box, id) = NewBox();
        await box.PostTransient(9, [1]);
        await box.Attach(1, lane.Name, 0);
        await box.Post("a", 1, [], PostKind.ChangeWithReply);
        await box.PostTransient(9, [2]);
        var transient = await lane.Next(item => item.PlayerId == id && item.Op == 9);
        Assert.Equal((0ul, (byte)2), (transient.Seq, Assert.Single(transient.Body)));
        Assert.Single(lane.Items);
        Assert.Single(await box.Read(1, 10));
    }

    [Fact]
    public async Task Messages_are_refused_while_the_mailbox_is_nearly_full_but_not_those_that_are_in()
    {
        var (box, id) = NewBox();
        await Fill(box, MaxBacklog * 8 / 10);
        Assert.Null(await box.Post("one more", 1, [], PostKind.Message));
        Assert.Equal(800ul, (await box.Post("800", 1, [], PostKind.Message))!.Seq);
        Assert.NotNull(await box.Post("a change", 1, [], PostKind.Change));
        Assert.Equal(801ul, (await game.Logs.Open($"mailbox/{id}")).Head);
        await box.Ack(0, 100);
        Assert.NotNull(await box.Post("one more", 1, [], PostKind.Message));
    }

    [Fact]
    public async Task A_backlog_over_the_cap_becomes_one_resync_that_tells_what_was_dropped()
    {
        await using var lane = await LaneEar.Listen(game);
        var (box, id) = NewBox();
        await box.Attach(1, lane.Name, 0);
        await Fill(box, MaxBacklog + 1);
        var (resync, last) = (MaxBacklog + 1, MaxBacklog + 2);
        var left = await box.Read(1, 10);
        Assert.Equal([resync, last], left.Select(item => item.Seq));
        Assert.Equal(ResyncOp, left[0].Op);
        Assert.Equal(MaxBacklog, Resync.Parser.ParseFrom(left[0].Body).Dropped);
        Assert.Equal(ResyncOp, (await lane.Next(id, resync)).Op);
        Assert.Equal(new MailboxBounds(MaxBacklog, last), await box.Attach(1, lane.Name, 0));
        await GameHost.Deactivate(box);
        Assert.Equal(new MailboxBounds(MaxBacklog, last), await box.Attach(1, lane.Name, 0));
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task An_overflow_that_was_cut_off_is_one_overflow(Fault fault)
    {
        var (box, id) = NewBox();
        await Fill(box, MaxBacklog);
        game.Faults.Arm($"replace:mailbox/{id}", fault);
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => box.Post("over", 1, [], PostKind.Change));
        Assert.Equal(MaxBacklog + 2, (await Wait.UntilClear(() => box.Post("over", 1, [], PostKind.Change)))!.Seq);
        Assert.Equal([ResyncOp, 1u], (await box.Read(1, 10)).Select(item => item.Op));
    }

    [Fact]
    public async Task A_change_that_is_too_large_is_told_as_a_resync()
    {
        var (box, _) = NewBox();
        Assert.Equal(ResyncOp, (await box.Post("a", 1, new byte[60_001], PostKind.Change))!.Op);
        Assert.Equal(ResyncOp, Assert.Single(await box.Read(1, 10)).Op);
        await Assert.ThrowsAsync<ArgumentException>(() => box.Post("b", 1, new byte[60_001], PostKind.Message));
        Assert.NotNull(await box.Post("c", 1, new byte[60_000], PostKind.Message));
    }

    private static async Task Fill(IMailboxGrain box, ulong items)
    {
        for (var i = 1ul; i <= items; i++)
            await box.Post($"{i}", 1, [], PostKind.Change);
    }
}
