using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Dispatch;

/// <summary>Every request gets exactly one answer, and which.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class RequestTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Before_the_login_every_other_request_is_refused(Transport transport)
    {
        await using var client = await _backend.Connect(transport);
        foreach (var request in Opcodes.Requests.Values.Where(request => request.Op > 2))
        {
            var id = client.NextId();
            await client.Send(new ClientEnvelope { Id = id, Op = request.Op });
            Assert.Equal(GameError.NotAuthenticated, (await client.Answer(id)).Error);
        }

        await client.LogIn(await _backend.NewAccount());
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_second_login_is_refused_and_changes_nothing(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        var again = await client.Ask(new LoginRequest { AccessToken = client.Account.AccessToken });
        Assert.Equal(GameError.AlreadyAuthenticated, again.Error);
        var resume = await client.Ask(client.ResumeRequest());
        Assert.Equal(GameError.AlreadyAuthenticated, resume.Error);
        await client.Fetch();
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Two_logins_at_once_open_one_session(Transport transport)
    {
        var account = await _backend.NewAccount();
        await using var client = await account.Connect(transport);
        var login = new LoginRequest { AccessToken = account.AccessToken };
        await client.Send(RawClient.Envelope(login, 1), RawClient.Envelope(login, 2));
        GameError[] errors = [(await client.Next(e => e.Id != 0)).Error, (await client.Next(e => e.Id != 0)).Error];
        Assert.Equal([GameError.Ok, GameError.AlreadyAuthenticated], errors.Order());
        Assert.Equal([1u, 2u], client.Answers.Order());
    }

    [Theory]
    [InlineData(Transport.Tcp, "")]
    [InlineData(Transport.Tcp, "no.token.at-all")]
    [InlineData(Transport.WebSocket, "no.token.at-all")]
    public async Task A_bad_token_is_answered_and_then_the_connection_ends_with_a_reason(
        Transport transport, string token)
    {
        await using var client = await _backend.Connect(transport);
        Assert.Equal(GameError.TokenInvalid, (await client.Ask(new LoginRequest { AccessToken = token })).Error);
        Assert.Equal(GoodbyeReason.AuthenticationFailed, (await client.Goodbye()).Reason);
    }

    [Fact]
    public async Task A_token_of_another_key_is_refused()
    {
        var account = await _backend.NewAccount();
        var forged = account.AccessToken[..^4] + (
            account.AccessToken.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        await using var client = await _backend.Connect(Transport.Tcp);
        Assert.Equal(GameError.TokenInvalid, (await client.Ask(new LoginRequest { AccessToken = forged })).Error);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_login_that_does_not_parse_is_refused_and_can_be_tried_again(Transport transport)
    {
        await using var client = await _backend.Connect(transport);
        var id = client.NextId();
        await client.Send(new ClientEnvelope { Id = id, Op = 1, Body = ByteString.CopyFrom(0xFF) });
        Assert.Equal(GameError.InvalidArgument, (await client.Answer(id)).Error);
        await client.LogIn(await _backend.NewAccount());
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_login_that_could_not_be_answered_is_a_violation(Transport transport)
    {
        var account = await _backend.NewAccount();
        await using var client = await _backend.Connect(transport);
        await client.Send(RawClient.Envelope(new LoginRequest { AccessToken = account.AccessToken }, 0));
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
        Assert.Empty(client.Answers);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Opcodes_that_there_are_not_are_refused(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        foreach (var op in new uint[] { 0, 9, 50, 250, 99_999, uint.MaxValue })
        {
            var id = client.NextId();
            await client.Send(new ClientEnvelope { Id = id, Op = op });
            var answer = await client.Answer(id);
            Assert.Equal((op, GameError.UnknownOpcode), (answer.Op, answer.Error));
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Bodies_that_do_not_parse_are_refused(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        foreach (var op in Opcodes.Requests.Keys.Where(op => op is > 2 and not 10))
        {
            var id = client.NextId();
            await client.Send(new ClientEnvelope { Id = id, Op = op, Body = ByteString.CopyFrom(0x0A, 0xFF) });
            Assert.Equal(GameError.InvalidArgument, (await client.Answer(id)).Error);
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Each_request_is_answered_once_and_no_notification_is(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        var random = new Random(5);
        var ids = new List<uint>();
        for (var round = 0; round < 30; round++)
        {
            var batch = Enumerable.Range(0, 30).Select(_ => Some(client, random, ids)).ToArray();
            await client.Send(batch);
            while (client.Answers.Count < ids.Count + 2)
                await client.Next();
        }

        await client.Ask(new TimeRequest());
        // Two answers came before: to the login and to the creation.
        Assert.Equal(ids.Order(), client.Answers.Skip(2).SkipLast(1).Order());
        Assert.Equal(Enumerable.Range(1, client.Pushes.Count)
            .Select(seq => (ulong)seq), client.Pushes.Select(push => push.Seq));
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Writes_take_effect_in_the_order_they_were_sent_and_reads_see_them(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        for (var round = 0; round < 20; round++)
        {
            var mottos = Enumerable.Range(0, 10).Select(i => $"{round}.{i}").ToList();
            var first = client.Answers.Max() + 1;
            await client.Send([.. mottos.SelectMany<string, ClientEnvelope>(motto =>
            [
                RawClient.Envelope(new SetProfileRequest { Motto = motto }, client.NextId()),
                RawClient.Envelope(new FetchPlayerRequest(), client.NextId()),
            ])]);
            var seen = new List<string>();
            for (uint id = first; id < first + 20; id += 2)
            {
                Assert.Equal(GameError.Ok, (await client.Answer(id)).Error);
                seen.Add((await client.Answer(id + 1)).Read<PlayerView>().Profile.Motto);
            }

            Assert.Equal(mottos, seen);
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Who_leaves_is_answered_then_told_and_cannot_resume(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        await client.Ask<LeaveRequest, LeaveReply>(new LeaveRequest());
        Assert.Equal(GoodbyeReason.SessionOver, (await client.Goodbye()).Reason);

        await using var next = await _backend.Connect(transport);
        Assert.Equal(GameError.SessionExpired, (await next.Ask(client.ResumeRequest())).Error);
        Assert.Equal(GoodbyeReason.AuthenticationFailed, (await next.Goodbye()).Reason);
    }

    private static ClientEnvelope Some(RawClient client, Random random, List<uint> ids)
    {
        var id = random.Next(4) == 0 ? 0 : client.NextId();
        if (id != 0)
            ids.Add(id);
        return random.Next(7) switch
        {
            0 => RawClient.Envelope(new SetProfileRequest { Motto = $"{id}" }, id),
            1 => RawClient.Envelope(new FetchPlayerRequest(), id),
            2 => RawClient.Envelope(new HeartbeatRequest(), id),
            3 => RawClient.Envelope(new EchoRequest { Payload = ByteString.CopyFromUtf8("echo") }, id),
            4 => RawClient.Envelope(new BuyRequest { Item = "wood.oak", Count = 1 }, id),
            5 => new ClientEnvelope { Id = id, Op = 12_345 },
            _ => RawClient.Envelope(new MoveItemRequest { From = 1000, To = 2000 }, id),
        };
    }
}
