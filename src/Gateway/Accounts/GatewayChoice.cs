namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Which gateways a client is sent to: the one that holds its session first, then those with the fewest. The list is
/// advice, so it never fails a log-in: what cannot be asked in time is left out.
/// </summary>
internal sealed partial class GatewayChoice(IClusterClient cluster, TimeProvider clock, ILogger<GatewayChoice> log)
{
    private const int MaxGateways = 4;
    // Gateways renew their entry every second.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    // Clients sent to a gateway that its entry does not count yet; without it a burst of log-ins would all go to one.
    private readonly Dictionary<Guid, int> _sent = [];
    private GatewayEntry[] _entries = [];
    private Task _reading = Task.CompletedTask;
    private long? _readAt;

    /// <param name="playerId">Null for a player who cannot have a session.</param>
    public async Task<GatewayBody[]> For(long? playerId)
    {
        var last = playerId is { } id ? await LastGateway(id) : null;
        await Renewed();
        lock (_lock)
        {
            var chosen = _entries
                .Where(entry => !entry.Draining)
                .OrderByDescending(entry => entry.Name == last)
                .ThenBy(entry => entry.Sessions + _sent.GetValueOrDefault(entry.Id))
                .Take(MaxGateways)
                .ToArray();
            if (chosen.Length > 0)
                _sent[chosen[0].Id] = _sent.GetValueOrDefault(chosen[0].Id) + 1;
            return [.. chosen.Select(entry => new GatewayBody(entry.Tcp, entry.WebSocket, entry.Kcp ?? ""))];
        }
    }

    private async Task<string?> LastGateway(long playerId)
    {
        try
        {
            var presence = await cluster.GetGrain<IPlayerSession>(playerId).GetPresence().WaitAsync(Patience);
            return presence.Gateway;
        }
        catch (Exception fault)
        {
            PresenceUnknown(playerId, fault);
            return null;
        }
    }

    private Task Renewed()
    {
        lock (_lock)
        {
            if (_reading.IsCompleted && (_readAt is not { } at || clock.GetElapsedTime(at) >= MaxAge))
            {
                _readAt = clock.GetTimestamp();
                _reading = Read();
            }

            return _reading;
        }
    }

    private async Task Read()
    {
        try
        {
            var entries = await cluster.GetGrain<IGatewayDirectoryGrain>(0).List().WaitAsync(Patience);
            lock (_lock)
            {
                _entries = entries;
                _sent.Clear();
            }
        }
        catch (Exception fault)
        {
            DirectoryUnknown(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Where player {PlayerId} was last could not be asked")]
    private partial void PresenceUnknown(long playerId, Exception fault);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The gateway directory could not be asked; the last list goes on")]
    private partial void DirectoryUnknown(Exception fault);
}
