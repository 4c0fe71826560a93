using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GameBackend.Nodes;

/// <summary>
/// When a process is a node: from before anything else of its host starts, so that whoever finds it working finds it in
/// the directory, until all else has stopped. Operators switch what it exports meanwhile.
/// </summary>
internal sealed partial class NodeLifetime(
    NodeSelf self, NodeDirectory directory, NodeBus bus, NodeCalls calls, ILogger<NodeLifetime> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        calls.Serve<ExportServiceRequest, ExportServiceReply>(
            ControlReflection.Descriptor.Services[0], (_, request, _) =>
        {
            if (request.On && !calls.Serves(request.Service))
                throw new ArgumentException($"This node has no service '{request.Service}'.");
            self.Export(request.Service, request.On);
            return Task.FromResult(new ExportServiceReply { Exports = { self.Exports } });
        });
        return directory.Join(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // Whoever serves anything does so by now. Other zones would call what is not there, in vain.
        foreach (var service in self.Exports.Where(service => !calls.Serves(service)))
        {
            LogNotServed(service);
            self.Export(service, on: false);
        }

        return bus.ReadStored();
    }

    /// <summary>No new work from now on; what is meant for this node still arrives.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        self.Available = false;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await calls.Finish(cancellationToken);
        await directory.Leave();
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Node:Exports names {Service}, which this node does not have: it is not exported")]
    private partial void LogNotServed(string service);
}
