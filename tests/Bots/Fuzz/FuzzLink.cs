using GameBackend.Protocol;

namespace GameBackend.Bots.Fuzz;

/// <summary>A connection that can also send what is no envelope, and no frame.</summary>
internal abstract class FuzzLink : IAsyncDisposable
{
    /// <summary>Whether envelopes are text.</summary>
    public virtual bool IsText => false;

    /// <summary>Sends bytes as one envelope.</summary>
    public abstract Task Send(byte[] envelope, CancellationToken cancellation);

    /// <summary>Breaks the framing: a wrong length, half a frame, bytes of no frame at all.</summary>
    public abstract Task Break(Random random, byte[] bytes, CancellationToken cancellation);

    /// <summary>The next envelope of the server's; null at the end of the connection.</summary>
    /// <exception cref="FrameException">The server has sent what is none.</exception>
    public abstract Task<FuzzAnswer?> Receive(CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}

/// <summary>What an attacker looks at in an envelope of the server's.</summary>
internal sealed record FuzzAnswer(uint Id, uint Op, GameError Error, ulong FaultId)
{
    public static FuzzAnswer Of(ServerEnvelope envelope) =>
        new(envelope.Id, envelope.Op, envelope.Error, envelope.FaultId);
}
