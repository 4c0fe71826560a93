using Microsoft.Extensions.Hosting;

namespace GameBackend.Nodes;

/// <summary>Lets operators change what other zones may call, on every node.</summary>
internal sealed class ExportControl(NodeCalls calls, NodeSelf self) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        calls.Serve<ExportServiceRequest, ExportServiceReply>(ControlReflection.Descriptor.Services[0], (_, request, _) =>
        {
            self.Export(request.Service, request.On);
            return Task.FromResult(new ExportServiceReply { Exports = { self.Exports } });
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
