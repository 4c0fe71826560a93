using GameBackend.Gateway.Battle;
using GameBackend.Gateway.Chat;
using GameBackend.Gateway.Sessions;
using Microsoft.Extensions.Options;
using Orleans.Streams;

namespace GameBackend.Gateway.Lanes;

/// <summary>
/// Listens on this gateway's lanes and hands each item to its session. Probes every lane, and subscribes anew when one
/// has gone silent: a silo that lost sight of this gateway for a moment drops its subscriptions.
/// </summary>
internal sealed partial class LaneSubscriber(
    IClusterClient cluster,
    SessionRegistry registry,
    SessionSweeper sweeper,
    ChannelHub channels,
    BattleHub battles,
    GatewayIdentity identity,
    GatewayMetrics metrics,
    IOptions<GatewayOptions> options,
    ILogger<LaneSubscriber> logger) : BackgroundService
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);
    private const int SilentProbes = 3;

    private readonly LaneState[] _lanes = [.. Enumerable.Range(0, options.Value.Lanes).Select(
        index => new LaneState(Lane.Name(identity.Id, index)))];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when every lane has been subscribed for the first time.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Lanes that are subscribed now.</summary>
    public int Subscribed => _lanes.Count(lane => lane.Handle is not null);

    /// <summary>The lane over which a player's pushes come.</summary>
    public string LaneOf(long playerId) => _lanes[(int)((ulong)playerId % (ulong)_lanes.Length)].Name;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ProbeEvery);
        try
        {
            do
            {
                // At once: a lane that hangs does not hold up the others.
                await Task.WhenAll(_lanes.Select(Tend));
                if (_lanes.All(lane => lane.Handle is not null))
                    _ready.TrySetResult();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_lanes.Select(Unsubscribe));
    }

    private async Task Tend(LaneState lane)
    {
        try
        {
            if (lane.Handle is not null && lane.Probe - Volatile.Read(ref lane.Heard) >= SilentProbes)
            {
                LogSilent(lane.Name);
                metrics.LanesRenewed.Add(1);
                lane.Handle = null;
            }

            if (lane.Handle is null)
                await Subscribe(lane);

            lane.Probe++;
            await cluster.GetGrain<ILaneProbeGrain>(0).Probe(lane.Name, lane.Probe);
        }
        catch (Exception e)
        {
            LogTendFailed(e, lane.Name);
        }
    }

    private async Task Subscribe(LaneState lane)
    {
        var stream = cluster.GetStreamProvider(Lane.Provider).GetStream<LaneItem>(Lane.Stream(lane.Name));
        // Also one that was made, or not ended, by a call that failed: each item would go to it as well, for nothing.
        foreach (var older in await stream.GetAllSubscriptionHandles())
            await older.UnsubscribeAsync();
        lane.Handle = await stream.SubscribeAsync((item, _) => Receive(lane, item));
        lane.Probe = Volatile.Read(ref lane.Heard);
        sweeper.CheckAllSoon();
    }

    private Task Receive(LaneState lane, LaneItem item)
    {
        metrics.LaneItems.Add(1);
        if (item.Battle is { } frame)
        {
            battles.Receive(frame);
            return Task.CompletedTask;
        }

        if (item.Channel is not null)
        {
            channels.Receive(item);
            return Task.CompletedTask;
        }

        if (item.IsRelayed)
        {
            Relay(item);
            return Task.CompletedTask;
        }

        if (item.PlayerId == 0)
        {
            Volatile.Write(ref lane.Heard, Math.Max(Volatile.Read(ref lane.Heard), (long)item.Epoch));
            return Task.CompletedTask;
        }

        if (registry.Find(item.PlayerId) is not { } session)
            return Task.CompletedTask;
        if (item.Op == Opcodes.OfPush<Goodbye>().Op)
            CloseUpTo(session, item);
        else
            session.Deliver(new MailboxItem(item.Seq, item.Op, item.Body), item.SentUs);
        return Task.CompletedTask;
    }

    private void Relay(LaneItem item)
    {
        var push = new MailboxItem(0, item.Op, item.Body);
        foreach (var session in item.Audience?.Select(registry.Find) ?? registry.All)
            session?.Deliver(push);
    }

    private static void CloseUpTo(Session session, LaneItem item)
    {
        if (session.Epoch > item.Epoch)
            return;
        var goodbye = Goodbye.Parser.ParseFrom(item.Body);
        session.Close(goodbye.Reason, goodbye.Detail);
    }

    private async Task Unsubscribe(LaneState lane)
    {
        if (lane.Handle is not { } handle)
            return;
        lane.Handle = null;
        try
        {
            await handle.UnsubscribeAsync();
        }
        catch (Exception e)
        {
            LogTendFailed(e, lane.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Lane {Lane} is silent and is subscribed anew")]
    private partial void LogSilent(string lane);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Lane {Lane} could not be tended")]
    private partial void LogTendFailed(Exception exception, string lane);

    private sealed class LaneState(string name)
    {
        public long Heard;

        public string Name { get; } = name;

        public long Probe { get; set; }

        public StreamSubscriptionHandle<LaneItem>? Handle { get; set; }
    }
}
