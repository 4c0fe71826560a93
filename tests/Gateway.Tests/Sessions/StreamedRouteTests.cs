using GameBackend.Gateway.Dispatch;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>Requests that clients send in streams: together they make one call, and each has its own answer.</summary>
public sealed class StreamedRouteTests
{
    private readonly List<int> _calls = [];
    private Func<byte[][], ValueTask<Outcome[]>> _many;

    public StreamedRouteTests() => _many = bodies => new(Array.ConvertAll(bodies, Same));

    [Fact]
    public async Task What_came_together_makes_one_call_and_is_answered_one_by_one()
    {
        var rig = Streaming();
        uint[] ids = [Echo(rig, 1), Echo(rig, 2), Echo(rig, 3)];
        Assert.Empty(_calls);
        rig.Session.EndBurst();
        Assert.Equal([3], _calls);
        for (var i = 0; i < ids.Length; i++)
            Assert.Equal((ids[i], i + 1), await Answer(rig));
    }

    [Fact]
    public async Task One_alone_makes_a_call_of_its_own()
    {
        var rig = Streaming();
        var id = Echo(rig, 7);
        rig.Session.EndBurst();
        Assert.Equal([1], _calls);
        Assert.Equal((id, 7), await Answer(rig));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_of_a_batch_that_fails_is_tried_and_answered_by_itself(bool tooFew)
    {
        _many = _ => tooFew ? new([Outcome.Done]) : ValueTask.FromException<Outcome[]>(new InvalidOperationException());
        var rig = Streaming();
        uint[] ids = [Echo(rig, 1), Echo(rig, 2)];
        rig.Session.EndBurst();
        Assert.Equal((ids[0], 1), await Answer(rig));
        Assert.Equal((ids[1], 2), await Answer(rig));
        Assert.Equal([2, 1, 1], _calls);
    }

    [Fact]
    public async Task A_write_waits_for_the_gathered_ones_before_it_and_holds_up_those_behind_it()
    {
        var (gate, write) = (new TaskCompletionSource<Outcome[]>(), new TaskCompletionSource<Outcome>());
        var written = false;
        _many = _ => new(gate.Task);
        var rig = Streaming(routes => routes.Map<SetProfileRequest, SetProfileReply>((_, _) =>
        {
            written = true;
            return write.Task;
        }));
        uint[] before = [Echo(rig, 1), Echo(rig, 2)];
        var writing = rig.Request(new SetProfileRequest { Motto = "w" });
        var after = Echo(rig, 3);
        rig.Session.EndBurst();
        Assert.Equal([2], _calls);
        Assert.False(written);

        gate.SetResult([new Outcome(GameError.Ok, Body(1)), new Outcome(GameError.Ok, Body(2))]);
        Assert.Equal((before[0], 1), await Answer(rig));
        Assert.Equal((before[1], 2), await Answer(rig));
        await Wait.Until(() => written);
        Assert.Equal([2], _calls);

        write.SetResult(Outcome.Done);
        Assert.Equal(writing, (await rig.Socket.Next()).Id);
        rig.Session.EndBurst();
        Assert.Equal((after, 3), await Answer(rig));
    }

    [Fact]
    public async Task Gathered_requests_count_as_in_flight()
    {
        var rig = Streaming(null, new GatewayOptions { MaxInFlight = 2, RequestBurst = 100 });
        Echo(rig, 1);
        Echo(rig, 2);
        var refused = Echo(rig, 3);
        var answer = await rig.Socket.Next();
        Assert.Equal((refused, GameError.TooManyInFlight), (answer.Id, answer.Error));
    }

    private static Outcome Same(byte[] body) => new(GameError.Ok, body);

    private static byte[] Body(byte value) => new EchoRequest { Payload = ByteString.CopyFrom(value) }.ToByteArray();

    private static uint Echo(Rig rig, byte value) =>
        rig.Request(new EchoRequest { Payload = ByteString.CopyFrom(value) });

    private static async Task<(uint Id, int Value)> Answer(Rig rig)
    {
        var answer = await rig.Socket.Next();
        Assert.Equal(GameError.Ok, answer.Error);
        return (answer.Id, EchoReply.Parser.ParseFrom(answer.Body).Payload[0]);
    }

    private Rig Streaming(Action<RouteTable>? map = null, GatewayOptions? options = null)
    {
        var rig = new Rig(
            routes =>
            {
                routes.MapStreamed<EchoRequest, EchoReply>(One, Many);
                map?.Invoke(routes);
            },
            options).Open();
        Assert.Equal(Opcodes.Of<LoginRequest>().Op, rig.Socket.Next().GetAwaiter().GetResult().Op);
        return rig;
    }

    private ValueTask<Outcome> One(Call call, byte[] body)
    {
        _calls.Add(1);
        return new(Same(body));
    }

    private ValueTask<Outcome[]> Many(Call call, byte[][] bodies)
    {
        _calls.Add(bodies.Length);
        return _many(bodies);
    }
}
