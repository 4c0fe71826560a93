using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Tests.Transports;

/// <summary>The queue before a socket.</summary>
public sealed class ClientConnectionTests
{
    private const int Limit = 100_000;

    [Fact]
    public async Task Frames_of_many_threads_go_out_whole_and_in_the_order_of_each()
    {
        var socket = new ScriptedSocket(100 << 20);
        const int Threads = 4, Each = 5_000;
        await Task.WhenAll(Enumerable.Range(1, Threads).Select(thread => Task.Run(() =>
        {
            for (uint i = 1; i <= Each; i++)
                Assert.True(socket.Send(new ServerFrame((uint)thread, i, new byte[i % 50]), more: i % 3 != 0));
        }))).Within();

        var last = new uint[Threads + 1];
        for (var i = 0; i < Threads * Each; i++)
        {
            var envelope = await socket.Next();
            Assert.Equal(++last[envelope.Id], envelope.Op);
            Assert.Equal((int)(envelope.Op % 50), envelope.Body.Length);
        }
    }

    [Fact]
    public async Task What_waits_goes_out_in_one_write()
    {
        var socket = new ScriptedSocket(Limit);
        socket.StopReading();
        for (uint i = 1; i <= 100; i++)
            socket.Send(new ServerFrame(i, 1, default), more: false);
        socket.ReadOn();
        for (uint i = 1; i <= 100; i++)
            Assert.Equal(i, (await socket.Next()).Id);
        Assert.Equal(2, socket.Writes);
    }

    [Fact]
    public void A_full_queue_takes_no_more()
    {
        var socket = new ScriptedSocket(Limit);
        socket.StopReading();
        var taken = 0;
        while (socket.Send(new ServerFrame(1, 1, new byte[990]), more: false))
            taken++;
        // One write is under way with what had come first; behind it the limit holds.
        Assert.InRange(taken, Limit / 1000 - 1, Limit / 1000 + 2);
        Assert.False(socket.Send(new ServerFrame(1, 1, new byte[990]), more: false));
    }

    [Fact]
    public async Task The_last_word_comes_behind_all_else_and_nothing_behind_it()
    {
        var socket = new ScriptedSocket(Limit);
        socket.Send(new ServerFrame(1, 1, default), more: true);
        socket.Close(new ServerFrame(2, 1, default));
        Assert.True(socket.Send(new ServerFrame(3, 1, default), more: false));
        socket.Close(new ServerFrame(4, 1, default));
        Assert.Equal(1u, (await socket.Next()).Id);
        Assert.Equal(2u, (await socket.Next()).Id);
        await socket.Finished.Task.Within();
        await socket.EndAsync().Within();
        Assert.False(socket.TryNext(out _));
    }

    [Fact]
    public async Task A_client_that_is_cut_finds_the_last_word_instead_of_what_it_did_not_read()
    {
        var socket = new ScriptedSocket(Limit);
        socket.StopReading();
        socket.Send(new ServerFrame(1, 1, default), more: false);
        socket.Send(new ServerFrame(2, 1, default), more: false);
        socket.Close(new ServerFrame(3, 1, default), unread: true);
        socket.ReadOn();
        Assert.Equal(1u, (await socket.Next()).Id);
        Assert.Equal(3u, (await socket.Next()).Id);
    }

    [Fact]
    public async Task A_client_that_never_reads_again_is_dropped()
    {
        var socket = new ScriptedSocket(Limit);
        socket.StopReading();
        socket.Send(new ServerFrame(1, 1, default), more: false);
        socket.Close(new ServerFrame(2, 1, default));
        await socket.Dropped.Task.Within();
        await socket.EndAsync().Within();
    }
}
