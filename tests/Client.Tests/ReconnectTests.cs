using System.Collections.Concurrent;
using System.Globalization;
using GameBackend.Protocol;

namespace GameBackend.Client.Tests;

public sealed class ReconnectTests
{
    [Theory]
    [InlineData(PreferredTransport.Tcp)]
    [InlineData(PreferredTransport.WebSocket)]
    public async Task A_lost_connection_is_resumed(PreferredTransport transport)
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(transport);
        await client.Bag.Move(0, 1);

        rig.Gateway.CutAll();
        await client.Bag.Move(0, 1);

        Assert.Equal(1, client.Statistics.Resumes);
        Assert.Equal(2ul, client.Epoch);
        Assert.Equal(2, rig.World.Effects.Count);
        Assert.Equal(0, client.Statistics.SessionsLost);
    }

    [Theory]
    [InlineData(PreferredTransport.Tcp)]
    [InlineData(PreferredTransport.WebSocket)]
    public async Task A_request_whose_answer_was_lost_is_answered_from_the_record(PreferredTransport transport)
    {
        await using var rig = await Rig.Start();
        rig.Gateway.OnConnection = connection => connection.OnSend = answer =>
        {
            if (answer.Op != 300 || rig.Gateway.Accepted > 1)
                return true;
            connection.Cut();
            return false;
        };
        var client = await rig.Connected(transport);

        await client.Bag.Move(0, 1);

        Assert.Single(rig.World.Effects);
        Assert.Single(rig.World.Requests);
        Assert.Equal([2u], rig.World.LastResume!.Unanswered);
    }

    [Fact]
    public async Task A_request_that_never_arrived_is_sent_again_with_the_same_id()
    {
        await using var rig = await Rig.Start();
        rig.Gateway.OnConnection = connection => connection.OnRequest = request =>
        {
            if (request.Op == 1 || rig.Gateway.Accepted > 1)
                return true;
            connection.Cut();
            return false;
        };
        var client = await rig.Connected(PreferredTransport.Tcp);

        await Task.WhenAll(client.Bag.Move(0, 1), client.Bag.Sell(0, 1), client.Bag.Split(0, 1, 1));

        // The order of the calls holds for what is sent again as well.
        Assert.Equal([300u, 303u, 301u], rig.World.Effects.Select(e => e.Op));
        Assert.Equal(rig.World.Effects.Select(e => e.Id).Order(), rig.World.Effects.Select(e => e.Id));
    }

    [Theory]
    [InlineData(PreferredTransport.Tcp)]
    [InlineData(PreferredTransport.WebSocket)]
    public async Task Nothing_is_lost_or_doubled_when_connections_are_cut_at_random(PreferredTransport transport)
    {
        await using var rig = await Rig.Start(gateways: 2);
        rig.World.WritesPush = true;
        var random = new Random(4711);
        Action<FakeConnection> flaky = connection =>
        {
            var left = random.Next(3, 30);
            bool Count()
            {
                if (Interlocked.Decrement(ref left) > 0)
                    return true;
                connection.Cut();
                return random.Next(2) == 0;
            }
            connection.OnRequest = _ => Count();
            connection.OnSend = _ => Count();
        };
        rig.Gateway.OnConnection = flaky;
        rig.Second.OnConnection = flaky;
        var client = rig.Client(rig.Options(transport));
        var pushed = new ConcurrentQueue<(ulong Seq, uint Request)>();
        client.Pushed += push =>
        {
            if (push.Message is Note note)
                pushed.Enqueue((push.Seq, uint.Parse(note.Text.Split(' ')[1], CultureInfo.InvariantCulture)));
        };
        await client.Connect();

        for (var i = 0; i < 20; i++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.Bag.Move(0, 1)));
        await Wait.Until(() => pushed.Count == 200);

        Assert.Equal(200, rig.World.Effects.Count);
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (ulong)i), pushed.Select(p => p.Seq));
        Assert.Equal(rig.World.Effects.Select(e => e.Id), pushed.Select(p => p.Request));
        Assert.Equal(0, client.Statistics.Gaps);
        Assert.True(client.Statistics.Reconnects > 5);
        Assert.Equal(client.Statistics.Reconnects, client.Statistics.Resumes);
    }

    [Fact]
    public async Task A_gateway_that_is_gone_is_left_for_another()
    {
        await using var rig = await Rig.Start(gateways: 2);
        var client = await rig.Connected(PreferredTransport.Tcp);
        Assert.Equal(1, rig.Gateway.Accepted);

        await rig.Gateway.DisposeAsync();
        await client.Bag.Move(0, 1);

        Assert.Equal(1, rig.Second.Accepted);
        Assert.Equal(1, client.Statistics.Resumes);
    }

    [Fact]
    public async Task A_draining_gateway_is_left_for_the_one_it_names()
    {
        await using var rig = await Rig.Start(gateways: 2);
        var client = rig.Client(rig.Options(PreferredTransport.Tcp) with { Gateways = [rig.Gateway.Tcp] });
        await client.Connect();

        var goodbye = new Goodbye { Reason = GoodbyeReason.Draining };
        goodbye.Gateways.Add(new GatewayAddress { Tcp = rig.Second.Tcp.Authority });
        rig.World.Live!.Close(goodbye);
        await Wait.Until(() => client.Statistics.Resumes == 1);

        Assert.Equal(1, rig.Gateway.Accepted);
        Assert.Equal(1, rig.Second.Accepted);
    }

    [Fact]
    public async Task A_request_that_a_draining_gateway_refuses_is_done_at_another()
    {
        await using var rig = await Rig.Start(gateways: 2);
        var client = await rig.Connected(PreferredTransport.Tcp);
        var drained = false;
        rig.World.Answer = _ => drained || !(drained = true) ? null : new ServerEnvelope { Error = GameError.Draining };

        await client.Bag.Move(0, 1);

        Assert.Single(rig.World.Effects);
        Assert.Equal(1, rig.Second.Accepted);
    }

    [Theory]
    [InlineData(GoodbyeReason.Replaced, CloseReason.Replaced)]
    [InlineData(GoodbyeReason.Revoked, CloseReason.Revoked)]
    [InlineData(GoodbyeReason.Banned, CloseReason.Banned)]
    public async Task A_goodbye_for_good_closes_the_client(GoodbyeReason said, CloseReason expected)
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(PreferredTransport.Tcp);
        var closed = new TaskCompletionSource<ClientClosedException>();
        client.Closed += closed.SetResult;
        rig.World.Live!.Close(new Goodbye { Reason = said, Detail = "because" });

        Assert.Equal(expected, (await closed.Task).Reason);
        Assert.Equal(ClientState.Closed, client.State);
        var refusal = await Assert.ThrowsAsync<ClientClosedException>(() => client.Bag.Move(0, 1));
        Assert.Equal(expected, refusal.Reason);
        Assert.Equal(1, rig.Gateway.Accepted);
    }

    [Theory]
    [InlineData(GoodbyeReason.Idle)]
    [InlineData(GoodbyeReason.SlowReader)]
    [InlineData(GoodbyeReason.ProtocolViolation)]
    public async Task After_any_other_goodbye_the_session_goes_on(GoodbyeReason said)
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(PreferredTransport.Tcp);

        rig.World.Live!.Close(new Goodbye { Reason = said });
        await Wait.Until(() => client.Statistics.Resumes == 1);

        await client.Bag.Move(0, 1);
    }

    [Fact]
    public async Task A_session_that_has_expired_is_replaced_by_a_new_one()
    {
        await using var rig = await Rig.Start();
        rig.Gateway.OnConnection = connection => connection.OnRequest = request =>
            request.Op != 300 || rig.Gateway.Accepted > 1;
        var client = await rig.Connected(PreferredTransport.Tcp);
        var lost = 0;
        client.SessionLost += () => lost++;
        var sent = client.Bag.Move(0, 1);
        var read = client.Player.Fetch();
        await read;

        rig.World.EndSession();
        rig.Gateway.CutAll();

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => sent);
        await client.Bag.Move(0, 1);
        Assert.Equal(1, lost);
        Assert.Equal(1, client.Statistics.SessionsLost);
        Assert.Equal(0, client.Statistics.Resumes);
        Assert.Equal(1, client.Statistics.Reconnects);
    }

    [Fact]
    public async Task A_silent_server_is_left()
    {
        await using var rig = await Rig.Start();
        rig.World.Limits.HeartbeatEveryMs = 100;
        rig.World.Limits.CallTimeoutMs = 200;
        var mute = true;
        rig.Gateway.OnConnection = connection => connection.OnSend = envelope => !mute || envelope.Op == 1;
        var client = await rig.Connected(PreferredTransport.Tcp);
        rig.Gateway.OnConnection = _ => mute = false;

        await Wait.Until(() => client.Statistics.Resumes == 1);
    }

    [Fact]
    public async Task Heartbeats_keep_a_quiet_connection()
    {
        await using var rig = await Rig.Start();
        rig.World.Limits.HeartbeatEveryMs = 40;
        var client = await rig.Connected(PreferredTransport.Tcp);

        await Wait.Until(() => rig.World.Requests.Count(r => r.Op == 3) >= 5);

        Assert.Equal(0, client.Statistics.Reconnects);
    }

    [Fact]
    public async Task Leaving_ends_the_session_after_the_calls_before()
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(PreferredTransport.WebSocket);
        var before = client.Bag.Move(0, 1);
        var surprises = 0;
        client.SessionLost += () => surprises++;
        client.Closed += _ => surprises++;

        await client.Leave();

        await before;
        Assert.Equal(1, rig.Gateway.Accepted);
        Assert.Equal(0, surprises);
        Assert.Equal([300u, 4u], rig.World.Requests.Select(r => r.Op));
        var refusal = await Assert.ThrowsAsync<ClientClosedException>(() => client.Bag.Move(0, 1));
        Assert.Equal(CloseReason.Left, refusal.Reason);
    }

    [Fact]
    public async Task A_gateway_that_is_slow_is_given_longer_with_each_try()
    {
        await using var rig = await Rig.Start();
        rig.Gateway.OnConnection = connection => connection.OnRequest = request =>
        {
            if (request.Op is 1 or 2)
                Thread.Sleep(200);
            return true;
        };
        var client = rig.Client(
            rig.Options(PreferredTransport.Tcp) with { HandshakeTimeout = TimeSpan.FromMilliseconds(50) });

        await client.Connect();

        Assert.Equal(ClientState.Online, client.State);
    }

    /// <summary>The ends that somebody has decided on: there is nothing to resume.</summary>
    public static IEnumerable<object[]> Ends =>
        from transport in new[] { PreferredTransport.Tcp, PreferredTransport.WebSocket }
        from end in new[]
        {
            GoodbyeReason.SessionOver, GoodbyeReason.Unspecified, GoodbyeReason.Kicked, GoodbyeReason.Banned,
            GoodbyeReason.Revoked, GoodbyeReason.Replaced,
        }
        select new object[] { transport, end };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_client_that_ends_is_closed_and_resumes_nothing(PreferredTransport transport, GoodbyeReason end)
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(transport);
        var states = new List<ClientState>();
        client.StateChanged += states.Add;

        // By the app: it leaves, or lets the client go.
        if (end == GoodbyeReason.SessionOver)
            await client.Leave();
        else if (end == GoodbyeReason.Unspecified)
            await client.DisposeAsync();
        else
            rig.World.Live!.Close(new Goodbye { Reason = end });

        await Wait.Until(() => client.State == ClientState.Closed);
        Assert.Equal([ClientState.Closed], states);
    }

    [Fact]
    public async Task A_connection_that_is_lost_while_the_client_leaves_is_no_reason_to_say_that_it_resumes()
    {
        await using var rig = await Rig.Start();
        var leaves = 0;
        rig.Gateway.OnConnection = connection => connection.OnRequest = request =>
        {
            if (request.Op != 4 || ++leaves > 1)
                return true;
            connection.Cut();
            return false;
        };
        var client = await rig.Connected(PreferredTransport.Tcp);
        var states = new List<ClientState>();
        client.StateChanged += states.Add;

        await client.Leave();

        Assert.Equal(2, leaves);
        Assert.Equal([ClientState.Closed], states);
    }

    [Fact]
    public async Task Disposing_fails_what_is_waiting()
    {
        await using var rig = await Rig.Start();
        rig.Gateway.OnConnection = connection => connection.OnRequest = request => request.Op == 1;
        var client = await rig.Connected(PreferredTransport.Tcp);
        var write = client.Bag.Move(0, 1);
        var read = client.Player.Fetch();
        await Wait.Until(() => client.Statistics.Requests == 2);

        await client.DisposeAsync();

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => write);
        await Assert.ThrowsAsync<ClientClosedException>(() => read);
    }

    [Fact]
    public async Task Disposing_while_a_connection_is_being_made_is_no_failure()
    {
        await using var rig = await Rig.Start();
        var options = rig.Options(PreferredTransport.Tcp);
        var connecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var connections = 0;
        var client = rig.Client(options with
        {
            TransportFactory = async (gateway, cancellation) =>
            {
                if (++connections == 1)
                    return await options.TransportFactory(gateway, cancellation);
                connecting.TrySetResult();
                await Task.WhenAny(Task.Delay(Timeout.Infinite, cancellation));
                throw new IOException("Broken off.");
            },
        });
        await client.Connect();
        rig.Gateway.CutAll();
        await connecting.Task.Within(20);

        await client.DisposeAsync();

        Assert.Equal(ClientState.Closed, client.State);
    }

    [Fact]
    public async Task Without_any_gateway_connecting_ends_in_time_and_says_why()
    {
        var client = new GameClient(null, Rig.Account(), new GameClientOptions
        {
            Gateways = [new Uri("tcp://localhost:1")],
            LoginTimeout = TimeSpan.FromMilliseconds(300),
        });

        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => client.Connect());

        Assert.IsType<System.Net.Sockets.SocketException>(timeout.InnerException, exactMatch: false);
    }

    [Fact]
    public async Task Its_own_late_handshake_does_not_end_the_client()
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(PreferredTransport.Tcp);
        // The next handshake gets no answer, as if the gateway hung.
        rig.Gateway.OnConnection = connection => connection.OnRequest = _ =>
        {
            connection.Cut();
            return false;
        };
        rig.Gateway.CutAll();
        await Wait.Until(() => rig.Gateway.Accepted >= 2);
        rig.Gateway.OnConnection = _ => { };
        await Wait.Until(() => client.Statistics.Resumes == 1);

        rig.World.Live!.Close(new Goodbye { Reason = GoodbyeReason.Replaced });

        await Wait.Until(() => client.Statistics.Resumes == 2);
    }
}
