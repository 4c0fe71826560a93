using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Sessions;

/// <summary>Announces this gateway to the cluster every second, and remembers the others.</summary>
internal sealed partial class GatewayDirectory(
    IGrainFactory grains,
    SessionRegistry registry,
    GatewayIdentity identity,
    IOptions<GatewayOptions> options,
    ILogger<GatewayDirectory> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private volatile GatewayEntry[] _entries = [];
    private volatile bool _withdrawn;

    /// <summary>Where clients can go instead of here.</summary>
    public IReadOnlyList<GatewayAddress> Others => [.. _entries
        .Where(entry => entry.Id != identity.Id && !entry.Draining)
        .OrderBy(entry => entry.Sessions)
        .Take(4)
        .Select(entry => new GatewayAddress { Tcp = entry.Tcp, Websocket = entry.WebSocket, Kcp = entry.Kcp ?? "" })];

    /// <summary>Takes this gateway out of the directory.</summary>
    public async Task Withdraw()
    {
        _withdrawn = true;
        try
        {
            var directory = grains.GetGrain<IGatewayDirectoryGrain>(0);
            await directory.Withdraw(identity.Id);
            // Clients are about to be sent to the others.
            _entries = await directory.List();
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
    }

    /// <summary>Lists this gateway again after <see cref="Withdraw"/>.</summary>
    public void Return() => _withdrawn = false;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        do
        {
            try
            {
                if (!_withdrawn)
                    _entries = await grains.GetGrain<IGatewayDirectoryGrain>(0).Announce(Entry());
            }
            catch (Exception e)
            {
                LogFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(
            tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default));
    }

    private GatewayEntry Entry()
    {
        var o = options.Value;
        var scheme = o.TlsCertificate is null ? "ws" : "wss";
        return new GatewayEntry(
            identity.Id,
            identity.Name,
            o.TcpPort == 0 ? "" : o.AdvertisedTcp ?? $"{o.AdvertisedHost}:{o.TcpPort}",
            o.AdvertisedWebSocket ?? $"{scheme}://{o.AdvertisedHost}:{o.HttpPort}/ws",
            registry.Players,
            _withdrawn,
            o.KcpPort == 0 ? "" : o.AdvertisedKcp ?? $"{o.AdvertisedHost}:{o.KcpPort}");
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The gateway directory did not answer")]
    private partial void LogFailed(Exception exception);
}

/// <summary>Who this gateway is: new at every start.</summary>
/// <param name="Name">For people: the host name and the TCP or HTTP port.</param>
public sealed record GatewayIdentity(Guid Id, string Name);
