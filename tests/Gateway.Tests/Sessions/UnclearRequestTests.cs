using GameBackend.Gateway.Dispatch;
using GameBackend.Grains.Interfaces;
using Orleans.Serialization;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>
/// Once a try of a write came to no clear end, nothing says that it was not done but the grain that keeps its record.
/// </summary>
public sealed class UnclearRequestTests
{
    private static readonly Outcome Settled = Outcome.Refused(GameError.InsufficientFunds) with { Settled = true };
    private static readonly Outcome Unsettled = Outcome.Refused(GameError.FriendBlocked);

    /// <summary>What a call through a cluster that loses its storage or a silo fails with.</summary>
    public static IEnumerable<object[]> Unclear =>
    [
        [new OperationCanceledException("The call has expired before its grain was placed.")],
        [new TaskCanceledException()],
        [new TimeoutException()],
        [new OrleansException("The silo is gone.")],
        [new OutcomeUnknownException("Not saved, or saved.")],
        [new UnavailableExceptionFallbackException()],
        [new IOException()],
    ];

    private readonly Queue<Func<Outcome>> _tries = [];
    private readonly List<Caller> _callers = [];

    [Theory]
    [MemberData(nameof(Unclear))]
    public async Task What_came_to_no_clear_end_never_ends_as_a_fault(Exception failure)
    {
        var rig = Open();
        Fail(failure);
        Fail(new InvalidOperationException("a fault"));
        var id = rig.Request(Request);
        Assert.Equal(GameError.Unavailable, await Answer(rig, id));
        // The same holds for what is sent again under its id, how often ever.
        for (var i = 0; i < 2; i++)
        {
            Fail(new InvalidOperationException("a fault"));
            rig.Repeat(Request, id);
            Assert.Equal(GameError.Unavailable, await Answer(rig, id));
        }

        _tries.Clear();
        _tries.Enqueue(() => Outcome.Done);
        rig.Repeat(Request, id);
        Assert.Equal(GameError.Ok, await Answer(rig, id));
        Assert.All(_callers.Skip(1), caller => Assert.True(caller.Again));
    }

    [Fact]
    public async Task A_refusal_after_an_unclear_try_is_only_told_if_it_is_settled()
    {
        var rig = Open();
        Fail(new TimeoutException());
        var id = rig.Request(Request);
        Assert.Equal(GameError.Unavailable, await Answer(rig, id));
        _tries.Clear();
        _tries.Enqueue(() => Unsettled);
        rig.Repeat(Request, id);
        Assert.Equal(GameError.OutcomeUnknown, await Answer(rig, id));
        _tries.Clear();
        _tries.Enqueue(() => Settled);
        rig.Repeat(Request, id);
        Assert.Equal(GameError.InsufficientFunds, await Answer(rig, id));
    }

    [Fact]
    public async Task A_refusal_of_a_first_try_is_told()
    {
        var rig = Open();
        _tries.Enqueue(() => Unsettled);
        Assert.Equal(GameError.FriendBlocked, await Answer(rig, rig.Request(Request)));
        Assert.False(Assert.Single(_callers).Again);
    }

    [Fact]
    public async Task A_write_that_a_resume_names_as_unanswered_may_have_taken_effect()
    {
        var rig = Open();
        _tries.Enqueue(() => Outcome.Done);
        Assert.Equal(GameError.Ok, await Answer(rig, rig.Request(Request)));
        _tries.Clear();
        rig.Session.Ids.Resume([1], 0);
        _tries.Enqueue(() => Unsettled);
        rig.Repeat(Request, 1);
        Assert.Equal(GameError.OutcomeUnknown, await Answer(rig, 1));
    }

    [Fact]
    public async Task A_connection_that_was_replaced_says_so_and_nothing_of_an_unclear_write()
    {
        var rig = Open();
        Fail(new TimeoutException());
        var id = rig.Request(Request);
        Assert.Equal(GameError.Unavailable, await Answer(rig, id));
        _tries.Clear();
        _tries.Enqueue(() => Outcome.Refused(GameError.SessionReplaced));
        rig.Repeat(Request, id);
        Assert.Equal(GameError.Unavailable, await Answer(rig, id));
        Assert.Equal(GoodbyeReason.Replaced, (await rig.Socket.Next()).Read<Goodbye>().Reason);
    }

    [Fact]
    public async Task A_read_has_done_nothing_whatever_came_before()
    {
        var rig = Open(TimeSpan.FromSeconds(20));
        Fail(new OrleansException("The silo is gone."));
        Fail(new InvalidOperationException("a fault"));
        Assert.Equal(GameError.Internal, await Answer(rig, rig.Request(new FetchPlayerRequest())));
    }

    /// <summary>
    /// Whatever the tries of a request end with, as often as it is sent again: a definite refusal is told only if no
    /// try was unclear, or if it is settled.
    /// </summary>
    [Fact]
    public async Task Nothing_false_is_told_whatever_the_tries_end_with()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var rig = Open(TimeSpan.FromMilliseconds(1));
            var isUnclear = false;
            var id = 0u;
            for (var sent = 0; sent < 8; sent++)
            {
                _tries.Clear();
                var (expected, next) = random.Next(6) switch
                {
                    0 => (isUnclear ? GameError.Unavailable : GameError.Internal,
                        () => throw new InvalidOperationException("a fault")),
                    1 => (GameError.Unavailable, () => throw new TimeoutException()),
                    4 => (GameError.Unavailable, () => throw new OutcomeUnknownException("Not saved, or saved.")),
                    2 => (isUnclear ? GameError.OutcomeUnknown : GameError.FriendBlocked, () => Unsettled),
                    3 => (GameError.InsufficientFunds, () => Settled),
                    _ => (GameError.Ok, (Func<Outcome>)(() => Outcome.Done)),
                };
                _tries.Enqueue(next);
                if (id == 0)
                    id = rig.Request(Request);
                else
                    rig.Repeat(Request, id);
                Assert.Equal(expected, await Answer(rig, id));
                isUnclear = expected switch
                {
                    GameError.Unavailable or GameError.OutcomeUnknown => true,
                    GameError.Internal or GameError.FriendBlocked => isUnclear,
                    _ => false,
                };
            }
        }
    }

    private static SetProfileRequest Request => new() { Motto = "w" };

    private static async Task<GameError> Answer(Rig rig, uint id)
    {
        var answer = await rig.Socket.Next();
        Assert.Equal(id, answer.Id);
        return answer.Error;
    }

    private void Fail(Exception failure) => _tries.Enqueue(() => throw failure);

    private Rig Open(TimeSpan? callTimeout = null)
    {
        var rig = new Rig(
            routes =>
            {
                routes.Map<SetProfileRequest, SetProfileReply>((call, _) => Try(call));
                routes.Map<FetchPlayerRequest, PlayerView>((call, _) => Try(call));
            },
            new GatewayOptions
            {
                RequestBurst = 1000,
                CallTimeout = callTimeout ?? TimeSpan.FromMilliseconds(150),
            }).Open();
        Assert.Equal(Opcodes.Of<LoginRequest>().Op, rig.Socket.Next().GetAwaiter().GetResult().Op);
        return rig;
    }

    /// <summary>What is not said of a try is what was said of the last one.</summary>
    private Task<Outcome> Try(Call call)
    {
        _callers.Add(call.Caller);
        var next = _tries.Count > 1 ? _tries.Dequeue() : _tries.Peek();
        try
        {
            return Task.FromResult(next());
        }
        catch (Exception e)
        {
            return Task.FromException<Outcome>(e);
        }
    }
}
