using System.Collections.Concurrent;
using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Chat;

/// <summary>
/// The chat channels that sessions of this gateway listen to. A line comes once for all of them; it is handed on in the
/// order of the channel's numbers, and one that was lost on the way is read from the channel.
/// </summary>
internal sealed partial class ChannelHub(
    IGrainFactory grains, SessionRegistry registry, ILogger<ChannelHub> logger) : BackgroundService
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, ChannelFeed> _feeds = new();

    /// <summary>Takes a line off a lane.</summary>
    public void Receive(LaneItem item)
    {
        if (item.Audience is { } audience)
            Admit(item, audience);
        if (_feeds.TryGetValue(item.Channel!, out var feed))
            feed.Receive(new ChatRow(item.Seq, item.PlayerId, item.Body), item.Audience);
    }

    /// <summary>Lets a session hear a channel, after what it has missed.</summary>
    /// <param name="after">The last number that the client has seen; null for from now on.</param>
    /// <returns>The last line so far.</returns>
    public async Task<ulong> Join(Session session, string channel, ulong? after)
    {
        session.Hearing.Blocked ??= await BlockedBy(session.PlayerId);
        while (true)
        {
            var feed = _feeds.GetOrAdd(channel, key => new ChannelFeed(grains.GetGrain<IChatChannelGrain>(key), key));
            if (await feed.Join(session, after) is { } head)
            {
                session.Hearing.Add(channel);
                if (session.State == SessionState.Closed)
                    Leave(session);
                return head;
            }

            _feeds.TryRemove(new KeyValuePair<string, ChannelFeed>(channel, feed));
        }
    }

    /// <summary>The session does not hear a channel any more.</summary>
    public void Part(Session session, string channel)
    {
        session.Hearing.Remove(channel);
        if (_feeds.TryGetValue(channel, out var feed) && feed.Leave(session))
            _feeds.TryRemove(new KeyValuePair<string, ChannelFeed>(channel, feed));
    }

    /// <summary>The session has ended.</summary>
    public void Leave(Session session)
    {
        foreach (var channel in session.Hearing.Channels)
            Part(session, channel);
    }

    /// <summary>The player has blocked somebody, or ended that.</summary>
    public async Task BlocksChanged(Session session)
    {
        if (session.Hearing.Blocked is not null)
            session.Hearing.Blocked = await BlockedBy(session.PlayerId);
    }

    /// <summary>A last line that was lost is found here: no later one shows that it is missing.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CheckEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (channel, feed) in _feeds)
                    _ = Check(channel, feed);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task Check(string channel, ChannelFeed feed)
    {
        try
        {
            if (feed.CloseIfIdle())
                _feeds.TryRemove(new KeyValuePair<string, ChannelFeed>(channel, feed));
            else
                await feed.Check();
        }
        catch (Exception e)
        {
            LogCheckFailed(e, channel);
        }
    }

    /// <summary>Players who may hear a line and are here come in with it, without having asked.</summary>
    private void Admit(LaneItem item, long[] audience)
    {
        foreach (var player in audience)
        {
            if (registry.Find(player) is { } session && session.Hearing.Expect(item.Channel!))
                _ = TryJoin(session, item.Channel!, item.Seq - 1);
        }
    }

    private async Task TryJoin(Session session, string channel, ulong after)
    {
        try
        {
            await Join(session, channel, after);
        }
        catch (Exception e)
        {
            // The next line tries again.
            session.Hearing.Remove(channel);
            LogCheckFailed(e, channel);
        }
    }

    private async Task<HashSet<long>> BlockedBy(long player) =>
        [.. await grains.GetGrain<ISocialGrain>(player).Blocked()];

    [LoggerMessage(Level = LogLevel.Debug, Message = "Channel {Channel} could not be read")]
    private partial void LogCheckFailed(Exception exception, string channel);
}
