using System.Diagnostics;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>The limits that a gateway announces, and enforces.</summary>
[Collection(TightBackendTests.Name)]
public sealed class LimitsTests(TightBackend tight)
{
    private readonly Backend _backend = tight.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task The_limits_in_force_are_announced(Transport transport)
    {
        await using var client = await (await _backend.NewAccount()).LogIn(transport);
        var limits = new Limits
        {
            AuthenticateWithinMs = (uint)_backend.Options.AuthenticateWithin.TotalMilliseconds,
            HeartbeatEveryMs = 500,
            DeadAfterMs = 3000,
            ResumeWindowMs = 400,
            RequestsPerSecond = 5,
            RequestBurst = 10,
            MaxInFlight = 30,
            MaxFrameBytes = 2000,
            CallTimeoutMs = 4000,
            MaxMailboxBacklog = 16,
            BattleInputsPerSecond = 60,
        };
        Assert.Equal(limits, client.Welcome.Limits);
        Assert.Equal(limits, (await client.Ask<ServerInfoRequest, ServerInfoReply>(new ServerInfoRequest())).Limits);
    }

    [Fact]
    public Task Who_says_nothing_is_told_why_and_cut() => OverEach(async transport =>
    {
        await using var client = await _backend.Connect(transport);
        Assert.Equal(GoodbyeReason.AuthenticationTimeout, (await client.Goodbye()).Reason);
    });

    [Fact]
    public Task Who_says_anything_but_a_login_is_cut_as_well() => OverEach(async transport =>
    {
        await using var client = await _backend.Connect(transport);
        ServerEnvelope? answer;
        do
        {
            try
            {
                await client.Request(new TimeRequest());
            }
            catch (IOException)
            {
                // It is cut already, and has been told why.
            }

            answer = await client.Next();
        }
        while (answer is { Error: GameError.NotAuthenticated or GameError.RateLimited });
        Assert.Equal(GoodbyeReason.AuthenticationTimeout, answer!.Read<Goodbye>().Reason);
    });

    [Fact]
    public async Task Half_a_frame_is_no_login()
    {
        await using var tcp = (TcpRawClient)await _backend.Connect(Transport.Tcp);
        await tcp.SendBytes(new byte[] { 0, 0, 1, 0, 8 });
        await using var webSocket = (WebSocketRawClient)await _backend.Connect(Transport.WebSocket);
        await webSocket.Socket.SendAsync(
            new byte[] { 8 }, System.Net.WebSockets.WebSocketMessageType.Binary, false, CancellationToken.None);
        Assert.Equal(GoodbyeReason.AuthenticationTimeout, (await tcp.Goodbye()).Reason);
        Assert.Equal(GoodbyeReason.AuthenticationTimeout, (await webSocket.Goodbye()).Reason);
    }

    [Fact]
    public Task Who_falls_silent_is_cut_and_may_have_left_half_a_frame() => OverEach(async transport =>
    {
        await using var client = await (await _backend.NewAccount()).LogIn(transport);
        if (client is TcpRawClient tcp)
            await tcp.SendBytes(new byte[] { 0, 0, 1 });
        Assert.Equal(GoodbyeReason.Idle, (await client.Goodbye()).Reason);
    });

    [Fact]
    public Task Who_sends_heartbeats_stays() => OverEach(async transport =>
    {
        await using var client = await (await _backend.NewAccount()).LogIn(transport);
        using var every = new PeriodicTimer(_backend.Options.HeartbeatEvery);
        var until = Environment.TickCount64 + 2 * (long)_backend.Options.DeadAfter.TotalMilliseconds;
        while (Environment.TickCount64 < until && await every.WaitForNextTickAsync())
            await client.Ask<HeartbeatRequest, HeartbeatReply>(new HeartbeatRequest());
    });

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Beyond_the_burst_requests_are_refused_until_the_time_that_is_told(Transport transport)
    {
        await using var client = await (await _backend.NewAccount()).LogIn(transport);
        // The login has taken one.
        var ids = Enumerable.Range(0, 15).Select(_ => client.NextId()).ToList();
        await client.Send([.. ids.Select(id => RawClient.Envelope(new TimeRequest(), id))]);
        var answers = new List<ServerEnvelope>();
        foreach (var _ in ids)
            answers.Add((await client.Next())!);

        Assert.Equal(ids, answers.Select(answer => answer.Id).Order());
        var refused = answers.Where(answer => answer.Error != GameError.Ok).ToList();
        Assert.InRange(refused.Count, 5, 6);
        Assert.All(refused, answer => Assert.Equal(GameError.RateLimited, answer.Error));
        Assert.InRange(refused[0].RetryAfterMs, 1u, 210u);
        // Each has its own time, and is served then.
        Assert.Equal(refused.Select(answer => answer.RetryAfterMs).Distinct().Order(),
            refused.Select(answer => answer.RetryAfterMs));
        var since = Stopwatch.GetTimestamp();
        foreach (var answer in refused)
        {
            var wait = TimeSpan.FromMilliseconds(answer.RetryAfterMs) - Stopwatch.GetElapsedTime(since);
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            await client.Send(RawClient.Envelope(new TimeRequest(), answer.Id));
            Assert.Equal((answer.Id, GameError.Ok), await NextAnswer(client));
        }
    }

    private static async Task<(uint, GameError)> NextAnswer(RawClient client)
    {
        var answer = await client.Next(envelope => envelope.Id != 0);
        return (answer.Id, answer.Error);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_smaller_limit_of_frames_holds_to_the_byte(Transport transport)
    {
        await using var client = await _backend.Connect(transport);
        await client.SendFrame(Unknown(_backend.Options.MaxFrameBytes));
        Assert.Equal(GameError.UnknownOpcode, (await client.Answer(9)).Error);
        await client.SendFrame(Unknown(_backend.Options.MaxFrameBytes + 1));
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
    }

    /// <summary>What takes its time is done over all transports at once.</summary>
    private static Task OverEach(Func<Transport, Task> test) =>
        Task.WhenAll(Enum.GetValues<Transport>().Select(async transport =>
    {
        try
        {
            await test(transport);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Over {transport}: {e.Message}", e);
        }
    }));

    private static byte[] Unknown(int bytes)
    {
        var envelope = new ClientEnvelope { Id = 9, Op = 12_345, Body = ByteString.CopyFrom(new byte[bytes]) };
        envelope.Body = ByteString.CopyFrom(new byte[2 * bytes - envelope.CalculateSize()]);
        Assert.Equal(bytes, envelope.CalculateSize());
        return envelope.ToByteArray();
    }
}
