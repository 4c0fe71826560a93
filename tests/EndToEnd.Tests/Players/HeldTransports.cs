using GameBackend.Client.Transports;

namespace GameBackend.EndToEnd.Tests.Players;

/// <summary>Connections of a client that hear nothing, or are not made, for as long as a test wants.</summary>
internal sealed class HeldTransports
{
    private readonly TransportFactory _real = GatewayTransports.Default();
    private volatile TaskCompletionSource? _deaf;
    private volatile TaskCompletionSource? _apart;

    /// <summary>From now on nothing that the server says arrives, on the connections that are open.</summary>
    public void Deafen() => _deaf = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From now on no connection is made, until <see cref="Join"/>.</summary>
    public void Part() => _apart = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Connections are made, and heard, again.</summary>
    public void Join()
    {
        _deaf = null;
        _apart?.TrySetResult();
        _apart = null;
    }

    public async ValueTask<ITransport> Connect(Uri gateway, CancellationToken cancellation)
    {
        if (_apart is { } apart)
            await apart.Task.WaitAsync(cancellation);
        return new Held(this, await _real(gateway, cancellation));
    }

    private sealed class Held(HeldTransports owner, ITransport real) : ITransport
    {
        public ValueTask Send(ReadOnlyMemory<byte> envelope, bool more, CancellationToken cancellation) =>
            real.Send(envelope, more, cancellation);

        public async ValueTask<ReadOnlyMemory<byte>?> Receive(CancellationToken cancellation)
        {
            while (true)
            {
                var envelope = await real.Receive(cancellation);
                if (owner._deaf is null || envelope is null)
                    return envelope;
            }
        }

        public void Abort() => real.Abort();

        public ValueTask DisposeAsync() => real.DisposeAsync();
    }
}
