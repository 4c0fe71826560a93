namespace GameBackend.Client.Transports;

/// <summary>
/// One connection to a gateway that carries envelopes. One thread sends and one receives at a time; any may abort.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>Sends one envelope.</summary>
    /// <param name="more">True if another follows at once: the transport may wait and write both together.</param>
    ValueTask Send(ReadOnlyMemory<byte> envelope, bool more, CancellationToken cancellation);

    /// <summary>
    /// The next envelope, valid until the next call, or null if the server has closed the connection.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>?> Receive(CancellationToken cancellation);

    /// <summary>Cuts the connection at once. What is being sent or received fails.</summary>
    void Abort();
}
