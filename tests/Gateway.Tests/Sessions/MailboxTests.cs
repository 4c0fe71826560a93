using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>What a client sees of its mailbox.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class MailboxTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_push_comes_before_the_reply_of_the_request_that_caused_it(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        for (var i = 0; i < 50; i++)
        {
            var id = await client.Request(new SetProfileRequest { Motto = $"{i}" });
            var push = (await client.Next())!;
            Assert.Equal($"{i}", push.Read<PlayerChanged>().Profile.Motto);
            Assert.Equal((ulong)i + 2, push.Seq);
            Assert.Equal(id, (await client.Next())!.Id);
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Pushes_of_many_senders_are_numbered_without_a_hole(Transport transport)
    {
        const int Notes = 60;
        await using var client = await _backend.Play(transport);
        var friends = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _backend.Play(transport)));
        var sending = friends.Select(async friend =>
        {
            for (var i = 0; i < Notes; i++)
                await Send(friend, client, $"{i}");
        }).ToList();
        for (var i = 0; i < Notes; i++)
            await client.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = $"{i}" });
        await Task.WhenAll(sending).Within();
        while (client.Pushes.Count < 1 + 4 * Notes)
            await client.Next();

        Assert.Equal(Enumerable.Range(1, 1 + 4 * Notes)
            .Select(seq => (ulong)seq), client.Pushes.Select(push => push.Seq));
        foreach (var friend in friends)
        {
            var texts = client.Pushes.Where(push => push.Op == Opcodes.OfPush<Note>().Op)
                .Select(push => push.Read<Note>())
                .Where(note => note.From == friend.Account.PlayerId).Select(note => note.Text);
            Assert.Equal(Enumerable.Range(0, Notes).Select(i => $"{i}"), texts);
            await friend.DisposeAsync();
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task What_was_not_acknowledged_comes_again_at_the_next_login_and_the_rest_does_not(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        for (var i = 0; i < 5; i++)
            await client.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = $"{i}" });
        await client.Send(new ClientEnvelope { Ack = 4 });
        await client.Ask<LeaveRequest, LeaveReply>(new LeaveRequest());

        await using var next = await client.Account.LogIn(transport);
        Assert.Equal((4ul, 6ul), (next.Welcome.Seq, next.Welcome.HeadSeq));
        Assert.Equal(5ul, (await next.Next())!.Seq);
        Assert.Equal(6ul, (await next.Next())!.Seq);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_heartbeat_tells_the_head_and_carries_the_acknowledgement(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        for (var i = 0; i < 3; i++)
            await client.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = $"{i}" });
        await client.Send(new ClientEnvelope { Ack = 3 });
        var heartbeat = await client.Ask<HeartbeatRequest, HeartbeatReply>(new HeartbeatRequest());
        Assert.Equal(4ul, heartbeat.HeadSeq);
        Assert.InRange(heartbeat.ServerTimeMs, 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1);

        var left = await _backend.Grains.GetGrain<IMailboxGrain>((long)client.Account.PlayerId).Read(1, 10);
        Assert.Equal(4ul, Assert.Single(left).Seq);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Notes_to_a_player_who_is_away_come_at_the_next_login(Transport transport)
    {
        await using var friend = await _backend.Play(transport);
        await using var client = await _backend.Play(transport);
        await client.Send(new ClientEnvelope { Ack = 1 });
        await client.Ask<LeaveRequest, LeaveReply>(new LeaveRequest());
        for (var i = 0; i < 200; i++)
            await Send(friend, client, $"note {i}");

        await using var next = await client.Account.LogIn(transport);
        for (var i = 0; i < 200; i++)
        {
            var push = (await next.Next())!;
            Assert.Equal(((ulong)i + 2, $"note {i}"), (push.Seq, push.Read<Note>().Text));
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_backlog_larger_than_a_connections_queue_reaches_a_client_that_is_slow(Transport transport)
    {
        const int Count = 400;
        await using var client = await _backend.Play(transport);
        await client.Ask<LeaveRequest, LeaveReply>(new LeaveRequest());
        var mailbox = _backend.Grains.GetGrain<IMailboxGrain>((long)client.Account.PlayerId);
        for (var i = 0; i < Count; i++)
            await mailbox.Post($"large/{i}", Opcodes.OfPush<Note>().Op, new byte[55_000], PostKind.Change);

        await using var next = await client.Account.Connect(transport, reads: false);
        await next.Send(RawClient.Envelope(new LoginRequest { AccessToken = client.Account.AccessToken }, 1));
        await Wait.Until(() =>
            _backend.Registry.Find((long)client.Account.PlayerId) is { Connection.IsCrowded: true });
        next.StartReading();
        for (ulong seq = 1; seq <= Count + 1; seq++)
            await next.Next(push => push.Seq == seq);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_push_that_its_lane_lost_is_found_at_the_next_heartbeat(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        var mailbox = _backend.Grains.GetGrain<IMailboxGrain>((long)client.Account.PlayerId);
        // Such a post goes to nobody's lane: the poster is to deliver it with its reply.
        await mailbox.Post("lost", Opcodes.OfPush<Note>().Op, [], PostKind.ChangeWithReply);
        var heartbeat = await client.Request(new HeartbeatRequest());
        ServerEnvelope[] both = [(await client.Next())!, (await client.Next())!];
        Assert.Contains(both, envelope => envelope.Id == heartbeat);
        Assert.Contains(both, envelope => envelope.Seq == 2);
    }

    private static Task<SendNoteReply> Send(RawClient from, RawClient to, string text) =>
        from.Ask<SendNoteRequest, SendNoteReply>(new SendNoteRequest { To = to.Account.PlayerId, Text = text });
}
