using GameBackend.Gateway.Sessions;
using GameBackend.Nodes;

namespace GameBackend.Gateway.Hosting;

/// <summary>What operators tell a gateway of its own.</summary>
internal sealed class GatewayControl(NodeCalls calls, Drain drain) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        calls.Serve<DrainNodeRequest, DrainNodeReply>(
            ControlReflection.Descriptor.Services[0],
            async (_, request, cancellation) =>
            {
                if (request.Undo)
                    drain.Undo();
                return new DrainNodeReply { Left = request.Undo ? 0 : (uint)await drain.Run(cancellation) };
            });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
