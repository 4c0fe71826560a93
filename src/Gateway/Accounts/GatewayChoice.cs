using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Which gateways a client is sent to: the one that holds its session first, then those with the fewest. The list is
/// advice, so it never fails a log-in: what cannot be asked in time is left out.
/// </summary>
internal sealed partial class GatewayChoice(
    IClusterClient cluster, GatewayList gateways, TimeProvider clock, ILogger<GatewayChoice> log)
{
    private const int MaxGateways = 4;
    // What a gateway says of its sessions is about so old.
    private static readonly TimeSpan CountedWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    // Clients sent to a gateway that its entry does not count yet; without it a burst of log-ins would all go to one.
    private readonly Dictionary<Guid, int> _sent = [];
    private long? _countedAt;

    /// <param name="playerId">Null for a player who cannot have a session.</param>
    public async Task<GatewayBody[]> For(long? playerId)
    {
        var last = playerId is { } id ? await LastGateway(id) : null;
        lock (_lock)
        {
            if (_countedAt is not { } at || clock.GetElapsedTime(at) >= CountedWithin)
            {
                _countedAt = clock.GetTimestamp();
                _sent.Clear();
            }

            var chosen = gateways()
                .Where(entry => !entry.Draining)
                .OrderByDescending(entry => entry.Name == last)
                .ThenBy(entry => entry.Sessions + _sent.GetValueOrDefault(entry.Id))
                .Take(MaxGateways)
                .ToArray();
            if (chosen.Length > 0)
                _sent[chosen[0].Id] = _sent.GetValueOrDefault(chosen[0].Id) + 1;
            return [.. chosen.Select(entry => new GatewayBody(entry.Tcp, entry.WebSocket, entry.Kcp))];
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Where player {PlayerId} was last could not be asked")]
    private partial void PresenceUnknown(long playerId, Exception fault);
}
