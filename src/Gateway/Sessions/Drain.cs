namespace GameBackend.Gateway.Sessions;

/// <summary>
/// A graceful stop: no new connections, clients are told to go on elsewhere, running requests are answered, and only
/// then do the listeners close.
/// </summary>
internal sealed partial class Drain(
    SessionRegistry registry,
    GatewayDirectory directory,
    Microsoft.Extensions.Options.IOptions<GatewayOptions> options,
    ILogger<Drain> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether new connections are turned away.</summary>
    public bool Started { get; private set; }

    /// <summary>The other gateways, for clients that have to leave.</summary>
    public IReadOnlyList<GatewayAddress> Elsewhere => directory.Others;

    /// <summary>Sends everybody elsewhere. The gateway goes on, and turns new connections away.</summary>
    /// <returns>Connections that are still there when the time is up.</returns>
    public async Task<int> Run(CancellationToken cancellationToken)
    {
        Started = true;
        LogDraining(registry.Connections);
        directory.Withdraw();
        var elsewhere = Elsewhere;
        var deadline = Environment.TickCount64 + (long)options.Value.DrainWithin.TotalMilliseconds;
        while (registry.Connections > 0 && Environment.TickCount64 < deadline
            && !cancellationToken.IsCancellationRequested)
        {
            foreach (var session in registry.All)
                session.Leave(elsewhere);
            await Task.Delay(Step, CancellationToken.None);
        }

        foreach (var session in registry.All)
            session.Close(GoodbyeReason.Draining, "This gateway is going down.", elsewhere);
        LogDrained(registry.Connections);
        return registry.Connections;
    }

    /// <summary>Takes connections again after <see cref="Run"/>.</summary>
    public void Undo()
    {
        Started = false;
        directory.Return();
    }

    /// <summary>Runs before any service stops, while requests can still be answered.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => Run(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Connections} connections")]
    private partial void LogDraining(int connections);

    [LoggerMessage(Level = LogLevel.Information, Message = "Drained; {Connections} connections are left")]
    private partial void LogDrained(int connections);
}
