using System.Diagnostics;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Tests;

public sealed class CallTests
{
    [Theory]
    [InlineData(PreferredTransport.Tcp)]
    [InlineData(PreferredTransport.WebSocket)]
    public async Task A_call_is_answered(PreferredTransport transport)
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(transport);

        var payload = ByteString.CopyFrom(new byte[60_000]);
        Assert.Equal(payload, await client.System.Echo(payload));

        Assert.Equal(ClientState.Online, client.State);
        Assert.Equal(FakeWorld.Player, client.PlayerId);
        Assert.Equal(1ul, client.Epoch);
    }

    [Fact]
    public async Task Every_request_of_the_contract_has_a_typed_call()
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(PreferredTransport.Tcp);
        object[] groups = [
            client.System, client.Mailbox, client.Player, client.Bag, client.Pets, client.Equipment, client.Guilds,
            client.Team, client.Chat, client.Friends, client.Letters, client.Trades, client.Match,
            client.Leaderboards, client.Battles,
        ];

        foreach (var group in groups)
        {
            foreach (var call in group.GetType().GetMethods().Where(m => m.DeclaringType == group.GetType()))
                await (Task)call.Invoke(group, [.. call.GetParameters().Select(p => Sample(p.ParameterType))])!;
        }
        await client.Leave();

        uint[] byItself = [Opcodes.Of<LoginRequest>().Op, Opcodes.Of<ResumeRequest>().Op];
        Assert.Equal(
            Opcodes.Requests.Keys.Except(byItself).Order(),
            rig.World.Requests.Select(r => r.Op).Distinct().Order());
    }

    [Fact]
    public async Task A_call_carries_the_trace_that_its_app_names()
    {
        await using var rig = await Rig.Start();
        var client = rig.Client(rig.Options(PreferredTransport.Tcp) with { TraceParent = () => Activity.Current?.Id });
        await client.Connect();
        await client.System.GetTime();
        using var span = new Activity("app").Start();
        await client.System.GetTime();

        string[] sent =
            [.. rig.World.Requests.Where(r => r.Op == Opcodes.Of<TimeRequest>().Op).Select(r => r.TraceParent)];
        Assert.Equal(["", span.Id!], sent);
    }

    [Fact]
    public async Task A_refusal_is_thrown_with_its_error()
    {
        await using var rig = await Rig.Start();
        rig.World.Answer = request => new ServerEnvelope { Error = GameError.BagFull, FaultId = 0xabc };
        var client = await rig.Connected(PreferredTransport.Tcp);

        var refusal = await Assert.ThrowsAsync<GameErrorException>(() => client.Player.Buy("sword", 1));

        Assert.Equal(GameError.BagFull, refusal.Error);
        Assert.Contains("PlayerService.Buy", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0xabcul, refusal.FaultId);
    }

    [Theory]
    [InlineData(GameError.Unavailable)]
    [InlineData(GameError.TooManyInFlight)]
    public async Task A_request_that_is_put_off_is_sent_again_with_the_same_id(GameError error)
    {
        await using var rig = await Rig.Start();
        var refusals = 3;
        rig.World.Answer = _ => refusals-- > 0 ? new ServerEnvelope { Error = error } : null;
        var client = await rig.Connected(PreferredTransport.Tcp);

        await client.Bag.Move(0, 1);

        Assert.Equal(4, rig.World.Requests.Count);
        Assert.Single(rig.World.Requests.Select(r => r.Id).Distinct());
        Assert.Single(rig.World.Effects);
        Assert.Equal(3, client.Statistics.Resends);
    }

    [Fact]
    public async Task A_rate_limited_request_waits_as_long_as_the_server_says()
    {
        await using var rig = await Rig.Start();
        var refusals = 1;
        rig.World.Answer = _ => refusals-- > 0
            ? new ServerEnvelope { Error = GameError.RateLimited, RetryAfterMs = 300 }
            : null;
        var client = await rig.Connected(PreferredTransport.Tcp);
        var (begin, bound) = (System.Diagnostics.Stopwatch.StartNew(), MachineTime.Now + TimeSpan.FromSeconds(10));

        await client.Bag.Move(0, 1);

        Assert.True(begin.ElapsedMilliseconds >= 299 && MachineTime.Now < bound, $"{begin.Elapsed}");
    }

    [Fact]
    public async Task A_write_without_a_definite_answer_in_time_has_an_unknown_outcome()
    {
        await using var rig = await Rig.Start();
        rig.World.Answer = _ => new ServerEnvelope { Error = GameError.Unavailable };
        var options = rig.Options(PreferredTransport.Tcp) with { CallTimeout = TimeSpan.FromMilliseconds(300) };
        var client = rig.Client(options);
        await client.Connect();

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => client.Bag.Move(0, 1));
        await Assert.ThrowsAsync<TimeoutException>(() => client.Player.Fetch());
    }

    [Theory]
    [InlineData(GameError.Internal)]
    [InlineData(GameError.RequestTooOld)]
    [InlineData(GameError.RequestIdReused)]
    [InlineData(GameError.OutcomeUnknown)]
    public async Task What_a_later_try_ends_with_says_nothing_of_an_unclear_one(GameError error)
    {
        await using var rig = await Rig.Start();
        var tries = 0;
        rig.World.Answer = _ => new ServerEnvelope { Error = tries++ == 0 ? GameError.Unavailable : error };
        var client = await rig.Connected(PreferredTransport.Tcp);

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => client.Bag.Move(0, 1));
    }

    [Fact]
    public async Task A_refusal_after_an_unclear_try_is_one()
    {
        await using var rig = await Rig.Start();
        var tries = 0;
        rig.World.Answer = _ =>
            new ServerEnvelope { Error = tries++ == 0 ? GameError.Unavailable : GameError.BagFull };
        var client = await rig.Connected(PreferredTransport.Tcp);

        var refusal = await Assert.ThrowsAsync<GameErrorException>(() => client.Bag.Move(0, 1));
        Assert.Equal(GameError.BagFull, refusal.Error);
    }

    [Fact]
    public async Task No_more_requests_are_in_flight_than_the_server_takes()
    {
        await using var rig = await Rig.Start();
        rig.World.Limits.MaxInFlight = 5;
        var open = 0;
        var most = 0;
        rig.Gateway.OnConnection = connection =>
        {
            connection.OnRequest = request =>
            {
                most = Math.Max(most, request.Op == 300 ? Interlocked.Increment(ref open) : 0);
                return true;
            };
            connection.OnSend = answer =>
            {
                if (answer.Op == 300)
                    Interlocked.Decrement(ref open);
                return true;
            };
        };
        var client = await rig.Connected(PreferredTransport.Tcp);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.Bag.Move(0, 1)));

        Assert.InRange(most, 1, 4);
    }

    [Fact]
    public async Task Requests_reach_the_server_in_the_order_of_the_calls()
    {
        await using var rig = await Rig.Start();
        var seen = new List<uint>();
        rig.World.Answer = request =>
        {
            seen.Add(MoveItemRequest.Parser.ParseFrom(request.Body).From);
            return null;
        };
        var client = await rig.Connected(PreferredTransport.Tcp);

        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => client.Bag.Move((uint)i, 1)));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => (uint)i), seen);
        Assert.Equal(rig.World.Requests.Select(r => r.Id).Order(), rig.World.Requests.Select(r => r.Id));
    }

    [Fact]
    public async Task Requests_are_paced_to_the_announced_rate()
    {
        await using var rig = await Rig.Start();
        rig.World.Limits.RequestsPerSecond = 50;
        rig.World.Limits.RequestBurst = 10;
        var client = await rig.Connected(PreferredTransport.Tcp);
        var (begin, bound) = (System.Diagnostics.Stopwatch.StartNew(), MachineTime.Now + TimeSpan.FromSeconds(10));

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => client.Bag.Move(0, 1)));

        // The burst goes at once; the other twenty take at least twenty fiftieths of a second.
        Assert.True(begin.ElapsedMilliseconds >= 400 && MachineTime.Now < bound, $"{begin.Elapsed}");
    }

    [Fact]
    public async Task A_request_that_is_too_long_is_refused_before_it_is_sent()
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(PreferredTransport.Tcp);

        await Assert.ThrowsAsync<ArgumentException>(() => client.System.Echo(ByteString.CopyFrom(new byte[65_536])));

        await client.Bag.Move(0, 1);
        Assert.Equal(0, client.Statistics.Reconnects);
    }

    [Fact]
    public async Task A_cancelled_call_ends_at_once_and_its_late_answer_is_dropped()
    {
        await using var rig = await Rig.Start();
        FakeConnection? server = null;
        rig.Gateway.OnConnection = connection =>
        {
            server = connection;
            connection.OnRequest = request => request.Op != 300;
        };
        var client = await rig.Connected(PreferredTransport.Tcp);
        using var cancel = new CancellationTokenSource();
        var call = client.Bag.Move(0, 1, cancel.Token);
        await client.Player.Fetch();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        server!.Send(new ServerEnvelope { Id = 2, Op = 300 });
        server.Send(new ServerEnvelope { Id = 2, Op = 300 });
        await client.Player.Fetch();

        Assert.Equal(1, client.Statistics.StrayAnswers);
    }

    [Fact]
    public async Task A_call_with_the_wrong_reply_type_is_refused()
    {
        await using var rig = await Rig.Start();
        var client = await rig.Connected(PreferredTransport.Tcp);

        await Assert.ThrowsAsync<ArgumentException>(() => client.Call<MoveItemRequest, SellItemReply>(new()));
    }

    private static object? Sample(Type type) =>
        type == typeof(string) ? "text"
        : type == typeof(ByteString) ? ByteString.Empty
        : type.IsInterface ? null
        : Activator.CreateInstance(type);
}
