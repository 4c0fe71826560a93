using Microsoft.Extensions.Hosting;

namespace GameBackend.Nodes;

/// <summary>
/// When a process is a node: from before anything else of its host starts, so that whoever finds it working finds it in
/// the directory, until all else has stopped. Operators switch what it exports meanwhile.
/// </summary>
internal sealed class NodeLifetime(NodeSelf self, NodeDirectory directory, NodeBus bus, NodeCalls calls)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        calls.Serve<ExportServiceRequest, ExportServiceReply>(
            ControlReflection.Descriptor.Services[0], (_, request, _) =>
        {
            self.Export(request.Service, request.On);
            return Task.FromResult(new ExportServiceReply { Exports = { self.Exports } });
        });
        return directory.Join(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => bus.ReadStored();

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
}
