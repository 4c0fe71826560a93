using System.Threading.Channels;
using GameBackend.Client.Transports;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Sessions;

/// <summary>
/// One connection's life: a queue of envelopes to send, a loop that sends them, and the receiving side. Whatever fails,
/// the connection ends as a whole.
/// </summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly ITransport _transport;
    private readonly Func<ulong> _lastHandled;
    private readonly Channel<(uint Id, uint Op, ByteString Body, string TraceParent)> _outgoing =
        Channel.CreateUnbounded<(uint, uint, ByteString, string)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _sending;
    private byte[] _buffer = new byte[256];
    private long _acknowledged;
    private long _receivedAtMs = MonotonicClock.NowMs;

    /// <param name="lastHandled">The mailbox sequence that each envelope acknowledges.</param>
    public Connection(Uri gateway, ITransport transport, Func<ulong> lastHandled)
    {
        Gateway = gateway;
        _transport = transport;
        _lastHandled = lastHandled;
        _sending = Task.Run(SendAll);
    }

    public Uri Gateway { get; }

    /// <summary>The sequence up to which the server was told that pushes were handled.</summary>
    public ulong Acknowledged
    {
        get => (ulong)Interlocked.Read(ref _acknowledged);
        set => Interlocked.Exchange(ref _acknowledged, (long)value);
    }

    /// <summary>When the server was last heard, by <see cref="MonotonicClock"/>.</summary>
    public long ReceivedAtMs => Interlocked.Read(ref _receivedAtMs);

    /// <summary>What the server said before it closed the connection.</summary>
    public Goodbye? Goodbye { get; set; }

    /// <summary>Why the connection ended, if it did not end by itself.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Queues an envelope. After the connection has ended, nothing happens.</summary>
    public void Send(uint id, uint op, ByteString body, string traceParent = "") =>
        _outgoing.Writer.TryWrite((id, op, body, traceParent));

    /// <summary>The next envelope, or null at the end of the connection.</summary>
    public async ValueTask<ServerEnvelope?> Receive(CancellationToken cancellation = default)
    {
        var bytes = await _transport.Receive(cancellation).ConfigureAwait(false);
        if (bytes is not { } envelope)
            return null;
        Interlocked.Exchange(ref _receivedAtMs, MonotonicClock.NowMs);
        return ServerEnvelope.Parser.ParseFrom(envelope.Span);
    }

    /// <summary>
    /// Hands each envelope to <paramref name="handle"/>, one after the other, until the connection ends.
    /// </summary>
    public async Task ReceiveAll(Action<ServerEnvelope> handle)
    {
        try
        {
            // A Goodbye is the last that the server says, even if it is slow to close.
            while (Goodbye is null && await Receive().ConfigureAwait(false) is { } envelope)
                handle(envelope);
        }
        catch (Exception e)
        {
            // Sockets, TLS and WebSockets fail in many ways, and bytes that are no envelope in some more. All mean the
            // same: this connection is over, and the next one goes on where it stopped.
            Abort(e);
        }
    }

    public void Abort(Exception why)
    {
        Failure ??= why;
        _outgoing.Writer.TryComplete();
        _transport.Abort();
    }

    /// <summary>Closes the connection after what is queued has been sent, as far as that is quick.</summary>
    public async ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        if (await Task.WhenAny(_sending, Task.Delay(500)).ConfigureAwait(false) != _sending)
            _transport.Abort();
        await _sending.ConfigureAwait(false);
        try
        {
            await _transport.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failure ??= e;
        }
    }

    private async Task SendAll()
    {
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (_outgoing.Reader.TryRead(out var next))
                {
                    var acknowledge = _lastHandled();
                    var bytes = Encode(new ClientEnvelope
                    {
                        Id = next.Id,
                        Op = next.Op,
                        Body = next.Body,
                        Ack = acknowledge,
                        TraceParent = next.TraceParent,
                    });
                    var more = _outgoing.Reader.TryPeek(out _);
                    await _transport.Send(bytes, more, default).ConfigureAwait(false);
                    Acknowledged = acknowledge;
                }
            }
        }
        catch (Exception e)
        {
            Abort(e);
        }
    }

    private ReadOnlyMemory<byte> Encode(ClientEnvelope envelope)
    {
        var size = envelope.CalculateSize();
        if (_buffer.Length < size)
            _buffer = new byte[Math.Max(size, _buffer.Length * 2)];
        envelope.WriteTo(_buffer.AsSpan(0, size));
        return _buffer.AsMemory(0, size);
    }
}
