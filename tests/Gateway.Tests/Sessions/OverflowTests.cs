using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A mailbox of 16 that nobody empties, and a session that nobody resumes.</summary>
[Collection(TightBackendTests.Name)]
public sealed class OverflowTests(TightBackend tight)
{
    private static readonly uint ResyncOp = Opcodes.OfPush<Resync>().Op;
    private readonly Backend _backend = tight.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Who_does_not_acknowledge_is_told_to_fetch_and_misses_no_number(Transport transport)
    {
        await using var client = await (await _backend.NewAccount()).LogIn(transport);
        ulong seq = 0;
        for (var i = 0; i < 20; i++)
        {
            await Post(client, i);
            if (i == 16)
            {
                var told = (await client.Next())!;
                Assert.Equal((++seq, ResyncOp), (told.Seq, told.Op));
                Assert.Equal(16ul, told.Read<Resync>().Dropped);
            }

            // One by one: what was late would be gone from the log, and the client would be told that alone.
            var push = (await client.Next())!;
            Assert.Equal(++seq, push.Seq);
            Assert.NotEqual(ResyncOp, push.Op);
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Who_acknowledges_is_never_told_to_fetch(Transport transport)
    {
        await using var client = await (await _backend.NewAccount()).LogIn(transport);
        for (var i = 0; i < 100; i++)
        {
            await Post(client, i);
            var push = (await client.Next())!;
            Assert.Equal((ulong)i + 1, push.Seq);
            Assert.NotEqual(ResyncOp, push.Op);
            await client.Send(new ClientEnvelope { Ack = push.Seq });
            // So that at most 12 are without acknowledgement, however late it is taken.
            if (i % 5 == 4)
                await Wait.Until(() => Mailbox(client).Read(1, 256).Result.Length < 8);
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Who_was_away_too_long_is_told_first_of_all(Transport transport)
    {
        await using var client = await (await _backend.NewAccount()).LogIn(transport);
        await client.Ask<LeaveRequest, LeaveReply>(new LeaveRequest());
        for (var i = 0; i < 40; i++)
            await Post(client, i);

        await using var next = await client.Account.LogIn(transport);
        var first = (await next.Next())!;
        Assert.Equal((ResyncOp, next.Welcome.Seq + 1), (first.Op, first.Seq));
        for (var seq = first.Seq + 1; seq <= next.Welcome.HeadSeq; seq++)
            Assert.Equal(seq, (await next.Next())!.Seq);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Behind_the_window_a_session_cannot_be_resumed(Transport transport)
    {
        await using var client = await (await _backend.NewAccount()).LogIn(transport);
        client.Reset();
        var player = _backend.Grains.GetGrain<IPlayerSession>((long)client.Account.PlayerId);
        await Wait.Until(() => player.GetPresence().Result.Status == PresenceStatus.Offline);
        Assert.Equal(1ul, (await player.GetPresence()).SessionsLost);

        await using var back = await _backend.Connect(transport);
        Assert.Equal(GameError.SessionExpired, (await back.Ask(client.ResumeRequest())).Error);
        Assert.Equal(GoodbyeReason.AuthenticationFailed, (await back.Goodbye()).Reason);
        await using var next = await client.Account.LogIn(transport);
        Assert.False(next.Welcome.Resumed);
    }

    private IMailboxGrain Mailbox(RawClient client) =>
        _backend.Grains.GetGrain<IMailboxGrain>((long)client.Account.PlayerId);

    private Task Post(RawClient client, int number) =>
        Mailbox(client).Post($"test/{number}", Opcodes.OfPush<Note>().Op, [], PostKind.Change);
}
