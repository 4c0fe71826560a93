using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using GameBackend.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;

namespace GameBackend.Gateway.Transports;

/// <summary>A raw TCP (or TLS) client on Kestrel's pipes.</summary>
internal sealed class TcpConnection(ConnectionContext context, GatewayOptions options)
    : ClientConnection(options.MaxQueuedBytes)
{
    /// <summary>
    /// A client that has sent nothing for this long, in milliseconds, is taken to have nothing under way.
    /// </summary>
    private const int QuietMs = 150;

    private readonly PipeReader _input = context.Transport.Input;
    private long _readAtMs;
    private volatile bool _ended;

    public override string Transport => "tcp";

    public override EndPoint? Remote => context.RemoteEndPoint;

    public override async Task ReceiveAsync(Session session)
    {
        while (!_ended)
        {
            var read = await _input.ReadAsync();
            Note(read);
            Take(session, read.Buffer);
        }
    }

    public override async Task DiscardAsync()
    {
        while (!_ended)
        {
            var read = await _input.ReadAsync();
            Note(read);
            _input.AdvanceTo(read.Buffer.End);
        }
    }

    protected override void Drop() => context.Abort();

    protected override int WriteHeader(Span<byte> target, int size) => Frames.WriteHeader(target, size);

    protected override async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        var flushed = await context.Transport.Output.WriteAsync(frames);
        if (flushed.IsCompleted)
            throw new ConnectionAbortedException("The client has stopped reading.");
    }

    protected override async ValueTask FinishAsync()
    {
        // Kestrel closes both directions at once. Bytes that nobody has read by then turn the end into a reset, which
        // can cost the client its last frames.
        while (!_ended && QuietMs - (Environment.TickCount64 - Volatile.Read(ref _readAtMs)) is > 0 and var wait)
            await Task.Delay((int)wait);
        await context.Transport.Output.CompleteAsync();
        // Under TLS nothing else ends the reading.
        _input.CancelPendingRead();
    }

    private void Note(in ReadResult read)
    {
        Volatile.Write(ref _readAtMs, Environment.TickCount64);
        _ended = read.IsCompleted || read.IsCanceled;
    }

    private void Take(Session session, in ReadOnlySequence<byte> buffer)
    {
        var rest = buffer;
        try
        {
            while (Frames.TryTake(ref rest, options.MaxFrameBytes, out var envelope))
                Hand(session, envelope);
            session.EndBurst();
        }
        finally
        {
            _input.AdvanceTo(rest.Start, rest.End);
        }
    }

    private static void Hand(Session session, in ReadOnlySequence<byte> envelope)
    {
        if (envelope.IsSingleSegment)
        {
            session.Receive(envelope.FirstSpan);
            return;
        }

        var length = (int)envelope.Length;
        var joined = ArrayPool<byte>.Shared.Rent(length);
        envelope.CopyTo(joined);
        session.Receive(joined.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(joined);
    }
}
