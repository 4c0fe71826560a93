using GameBackend.Gateway.Dispatch;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>Requests of one session: which wait for which, and that each is answered once.</summary>
public sealed class RequestOrderTests
{
    private readonly List<(string Name, TaskCompletionSource<Outcome> End)> _running = [];

    [Fact]
    public async Task Reads_overlap_and_are_answered_as_they_end()
    {
        var rig = Gated();
        var (first, second) = (Read(rig), Read(rig));
        Assert.Equal(2, _running.Count);
        End(1);
        Assert.Equal(second, (await rig.Socket.Next()).Id);
        End(0);
        Assert.Equal(first, (await rig.Socket.Next()).Id);
    }

    [Fact]
    public async Task A_write_waits_for_the_reads_before_it_and_a_read_for_the_write_before_it()
    {
        var rig = Gated();
        uint[] ids = [Read(rig), Read(rig), Write(rig, "w1"), Read(rig), Write(rig, "w2"), Write(rig, "w3")];
        var order = new List<string>();
        for (var i = 0; i < ids.Length; i++)
        {
            await Wait.Until(() => _running.Count > i);
            order.Add(_running[i].Name);
            if (i > 1)
                Assert.Equal(i + 1, _running.Count);
            End(i);
            Assert.Equal(ids[i], (await rig.Socket.Next()).Id);
        }

        Assert.Equal(["read", "read", "w1", "read", "w2", "w3"], order);
    }

    [Fact]
    public async Task Heartbeats_do_not_wait()
    {
        var rig = Gated(routes => routes.Map<TimeRequest, TimeReply>(
            (_, _) => Task.FromResult(Outcome.Of(new TimeReply())), ordered: false));
        Write(rig, "w1");
        Write(rig, "w2");
        var time = rig.Request(new TimeRequest());
        Assert.Equal(time, (await rig.Socket.Next()).Id);
    }

    [Fact]
    public async Task One_request_more_than_the_limit_is_refused_and_the_others_are_answered()
    {
        var rig = Gated(null, new GatewayOptions { MaxInFlight = 3, RequestBurst = 100 });
        Read(rig);
        Write(rig, "w1");
        Write(rig, "w2");
        var refused = rig.Request(new FetchPlayerRequest());
        var answer = await rig.Socket.Next();
        Assert.Equal((refused, GameError.TooManyInFlight), (answer.Id, answer.Error));
        for (var i = 0; i < 3; i++)
        {
            await Wait.Until(() => _running.Count > i);
            End(i);
            Assert.Equal(GameError.Ok, (await rig.Socket.Next()).Error);
        }

        Read(rig);
        Assert.Equal(4, _running.Count);
    }

    [Fact]
    public async Task A_notification_runs_and_is_not_answered()
    {
        var rig = Gated();
        rig.Notify(new SetProfileRequest { Motto = "w1" });
        End(0);
        rig.Notify(new SetProfileRequest { Motto = "w2" });
        await Wait.Until(() => _running.Count == 2);
        _running[1].End.SetException(new InvalidOperationException("a fault"));
        var read = Read(rig);
        await Wait.Until(() => _running.Count == 3);
        End(2);
        Assert.Equal(read, (await rig.Socket.Next()).Id);
    }

    [Fact]
    public async Task A_fault_is_answered_with_its_id_and_the_next_request_runs()
    {
        var rig = Gated();
        var faulty = Write(rig, "w1");
        Write(rig, "w2");
        _running[0].End.SetException(new InvalidOperationException("a fault"));
        var answer = await rig.Socket.Next();
        Assert.Equal((faulty, GameError.Internal), (answer.Id, answer.Error));
        Assert.NotEqual(0ul, answer.FaultId);
        await Wait.Until(() => _running.Count == 2);
    }

    [Fact]
    public async Task A_call_that_was_lost_on_its_way_is_made_again()
    {
        var rig = Gated();
        var id = Write(rig, "w1");
        _running[0].End.SetException(new OrleansException("The silo is gone."));
        await Wait.Until(() => _running.Count == 2);
        _running[1].End.SetException(new OutcomeUnknownException("Not saved, or saved."));
        await Wait.Until(() => _running.Count == 3);
        End(2);
        var answer = await rig.Socket.Next();
        Assert.Equal((id, GameError.Ok), (answer.Id, answer.Error));
    }

    [Fact]
    public async Task A_write_without_an_id_is_not_made_again()
    {
        var rig = Gated();
        rig.Notify(new SetProfileRequest { Motto = "w1" });
        _running[0].End.SetException(new OutcomeUnknownException("Not saved, or saved."));
        Write(rig, "w2");
        await Wait.Until(() => _running.Count == 2);
        Assert.Equal("w2", _running[1].Name);
    }

    [Fact]
    public async Task A_call_that_timed_out_is_answered_with_unavailable()
    {
        var rig = Gated();
        var id = Write(rig, "w1");
        _running[0].End.SetException(new TimeoutException());
        var answer = await rig.Socket.Next();
        Assert.Equal((id, GameError.Unavailable), (answer.Id, answer.Error));
        Assert.Single(_running);
    }

    [Fact]
    public async Task A_request_that_closes_waits_for_those_before_it_and_all_are_answered()
    {
        Rig rig = null!;
        rig = Gated(routes => routes.Map<LeaveRequest, LeaveReply>(
            (call, _) =>
            {
                rig.Session.CloseAfterAnswer(call.Id, GoodbyeReason.SessionOver, "");
                return Start("leave");
            },
            closes: true));
        var read = Read(rig);
        var leave = rig.Request(new LeaveRequest());
        var late = Read(rig);
        Assert.Single(_running);
        End(0);
        Assert.Equal(read, (await rig.Socket.Next()).Id);
        await Wait.Until(() => _running.Count == 2);
        End(1);
        Assert.Equal(leave, (await rig.Socket.Next()).Id);
        Assert.Equal(Opcodes.OfPush<Goodbye>().Op, (await rig.Socket.Next()).Op);
        await rig.Socket.Finished.Task.Within();
        Assert.False(rig.Socket.TryNext(out _), $"{late} was answered behind the goodbye.");
    }

    [Fact]
    public async Task A_session_that_leaves_takes_no_more_requests_and_answers_those_it_has()
    {
        var rig = Gated();
        var write = Write(rig, "w1");
        rig.Session.Leave([new GatewayAddress { Tcp = "elsewhere:7700" }]);
        Write(rig, "w2");
        Assert.Equal(1, rig.Session.InFlight);
        End(0);
        Assert.Equal(write, (await rig.Socket.Next()).Id);
        await Wait.Until(() => rig.Session.InFlight == 0);
        rig.Session.Leave([new GatewayAddress { Tcp = "elsewhere:7700" }]);
        var goodbye = (await rig.Socket.Next()).Read<Goodbye>();
        Assert.Equal(GoodbyeReason.Draining, goodbye.Reason);
        Assert.Equal("elsewhere:7700", Assert.Single(goodbye.Gateways).Tcp);
        Assert.Single(_running);
    }

    [Fact]
    public async Task A_connection_that_was_replaced_is_told_after_the_answer()
    {
        var rig = Gated();
        var id = Write(rig, "w1");
        _running[0].End.SetResult(Outcome.Refused(GameError.SessionReplaced));
        var answer = await rig.Socket.Next();
        Assert.Equal((id, GameError.SessionReplaced), (answer.Id, answer.Error));
        Assert.Equal(GoodbyeReason.Replaced, (await rig.Socket.Next()).Read<Goodbye>().Reason);
        await rig.Socket.Finished.Task.Within();
    }

    private Rig Gated(Action<RouteTable>? map = null, GatewayOptions? options = null)
    {
        var rig = new Rig(
            routes =>
            {
                routes.Map<FetchPlayerRequest, PlayerView>((_, _) => Start("read"));
                routes.Map<SetProfileRequest, SetProfileReply>((_, request) => Start(request.Motto));
                map?.Invoke(routes);
            },
            options).Open();
        Assert.Equal(Opcodes.Of<LoginRequest>().Op, rig.Socket.Next().GetAwaiter().GetResult().Op);
        return rig;
    }

    private Task<Outcome> Start(string name)
    {
        var end = new TaskCompletionSource<Outcome>();
        _running.Add((name, end));
        return end.Task;
    }

    private void End(int index) => _running[index].End.SetResult(Outcome.Done);

    private static uint Read(Rig rig) => rig.Request(new FetchPlayerRequest());

    private static uint Write(Rig rig, string name) => rig.Request(new SetProfileRequest { Motto = name });
}
