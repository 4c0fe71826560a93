using GameBackend.Nodes;

namespace GameBackend.Harbor;

/// <summary>What operators tell a harbor of its own.</summary>
internal sealed class HarborControl(NodeCalls calls, HarborRelay relay) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        calls.Serve<DrainNodeRequest, DrainNodeReply>(ControlReflection.Descriptor.Services[0], (_, request, _) =>
        {
            relay.SetAvailable(request.Undo);
            return Task.FromResult(new DrainNodeReply { Left = request.Undo ? 0 : (uint)relay.Waiting });
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
