using System.Collections.Concurrent;
using GameBackend.Gateway.Sessions;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Battle;

/// <summary>
/// The battles that sessions of this gateway are in. Tells each of them about once a second that the gateway is there
/// and whom it has: so a battle knows whom to send to without storing it, and one whose silo has died is started again
/// by the first to miss it.
/// </summary>
internal sealed partial class BattleHub(
    IGrainFactory grains,
    GatewayIdentity identity,
    GatewayMetrics metrics,
    IOptions<GatewayOptions> options,
    ILogger<BattleHub> logger) : BackgroundService
{
    private const int AttendEveryMs = 1000;
    private const int AttendSilentEveryMs = 400;
    private const int MaxAttending = 16;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<long, BattleFeed> _feeds = new();

    /// <summary>A player has come into a battle.</summary>
    public void Join(Session session, JoinBattleReply reply) => Seat(
        session, (long)reply.Info.BattleId, (int)reply.Info.Fighters[(int)reply.Fighter].Side, reply.Baseline);

    public void Watch(Session session, WatchBattleReply reply) => Seat(
        session, (long)reply.Info.BattleId, BattlePart.Watchers, reply.Baseline);

    /// <summary>The session is in no battle any more, or has ended.</summary>
    public void Leave(Session session)
    {
        if (session.Battle is not { } seat)
            return;
        session.Battle = null;
        if (seat.Feed.Leave(seat))
            Remove(seat.Feed);
        if (seat.Fights)
            seat.Feed.Drop(session);
    }

    public void Receive(BattleFrame frame)
    {
        if (!_feeds.TryGetValue(frame.Battle, out var feed))
            return;
        feed.Receive(frame);
        if (frame.Moving)
            _ = Attend(feed);
    }

    /// <summary>An input; a notification is answered before it has arrived.</summary>
    public static ValueTask<Outcome?> Submit(Session session, uint requestId, byte[] body)
    {
        if (session.Battle is not { Fights: true } seat)
            return new(Outcome.Refused(GameError.BattleNotIn));
        if (requestId != 0)
            return Answered(session, seat, body);
        seat.Feed.Submit(session, body, null);
        return new(Outcome.Done);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = Environment.TickCount64;
                foreach (var feed in _feeds.Values)
                {
                    if (now - feed.AttendedMs >= (feed.IsSilent ? AttendSilentEveryMs : AttendEveryMs))
                        _ = Attend(feed);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private static async ValueTask<Outcome?> Answered(Session session, BattleSeat seat, byte[] body)
    {
        var answer = new TaskCompletionSource<InputAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        seat.Feed.Submit(session, body, answer);
        var (error, refusal, tick) = await answer.Task;
        return error == GameError.Ok
            ? Outcome.Of(new BattleInputReply { Refusal = refusal, Tick = tick })
            : Outcome.Refused(error);
    }

    private void Seat(Session session, long battle, int group, BattleSnapshot? baseline)
    {
        var before = session.Battle;
        if (before is not null && before.Feed.Battle != battle)
            Leave(session);
        while (true)
        {
            var feed = _feeds.GetOrAdd(battle, Make);
            if (feed.Seat(session, group, baseline) is { } seat)
            {
                session.Battle = seat;
                if (session.State == SessionState.Closed)
                    Leave(session);
                else if (before?.Feed != feed)
                    _ = Attend(feed);
                return;
            }

            Remove(feed);
        }
    }

    private BattleFeed Make(long battle) => new(
        battle,
        identity.Id,
        grains.GetGrain<IBattleGrain>(battle),
        options.Value,
        metrics);

    private async Task Attend(BattleFeed feed)
    {
        if (Interlocked.Increment(ref feed.Attending) > MaxAttending)
        {
            Interlocked.Decrement(ref feed.Attending);
            return;
        }

        try
        {
            if (await feed.Attend())
                return;
            feed.Close();
            Remove(feed);
        }
        catch (Exception e)
        {
            // Said again soon.
            LogAttendFailed(e, feed.Battle);
        }
        finally
        {
            Interlocked.Decrement(ref feed.Attending);
        }
    }

    private void Remove(BattleFeed feed) => _feeds.TryRemove(new KeyValuePair<long, BattleFeed>(feed.Battle, feed));

    [LoggerMessage(Level = LogLevel.Debug, Message = "Battle {BattleId} could not be attended")]
    private partial void LogAttendFailed(Exception exception, long battleId);
}
