using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.WebSockets;
using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Transports;

/// <summary>A WebSocket client: one message is one envelope, binary, or protobuf-JSON text if it asked for that.</summary>
internal sealed class WebSocketConnection(
    WebSocket socket,
    CoalescingStream? stream,
    EndPoint remote,
    Action abort,
    GatewayOptions options,
    bool json) : ClientConnection(options.MaxQueuedBytes)
{
    private const int FirstBuffer = 1024;

    public override string Transport => "websocket";

    public override EndPoint? Remote => remote;

    public override async Task ReceiveAsync(Session session)
    {
        while (true)
        {
            // Waiting with an empty buffer keeps an idle client from holding one.
            var next = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            if (!next.IsCompleted)
                session.EndBurst();
            var first = await next;
            if (first.MessageType == WebSocketMessageType.Close)
                return;
            if (first.EndOfMessage)
                throw new ProtocolViolationException("A message of no bytes: every envelope has at least an opcode.");

            var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
            try
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    if (length == buffer.Length)
                        Grow(ref buffer, length);
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    if (received.MessageType == WebSocketMessageType.Close)
                        return;
                    length += received.Count;
                    if (length > options.MaxFrameBytes)
                        throw new ProtocolViolationException($"A message over {options.MaxFrameBytes} bytes.");
                }
                while (!received.EndOfMessage);
                Hand(session, received.MessageType, buffer.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    public override async Task DiscardAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            ValueWebSocketReceiveResult received;
            do
                received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            while (received.MessageType != WebSocketMessageType.Close);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override void Drop()
    {
        socket.Abort();
        abort();
    }

    protected override async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        if (stream is not null)
            stream.Holding = true;
        while (!frames.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(frames.Span);
            var envelope = frames.Slice(Frames.HeaderBytes, length);
            frames = frames[(Frames.HeaderBytes + length)..];
            if (!json)
                await socket.SendAsync(envelope, WebSocketMessageType.Binary, true, CancellationToken.None);
            else
                await socket.SendAsync(JsonTranscoder.ToText(envelope.Span), WebSocketMessageType.Text, true, CancellationToken.None);
        }

        if (stream is null)
            return;
        stream.Holding = false;
        await stream.FlushHeld();
    }

    protected override async ValueTask FinishAsync() =>
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    private void Hand(Session session, WebSocketMessageType type, ReadOnlySpan<byte> message)
    {
        if (json)
            session.Receive(JsonTranscoder.ToEnvelope(message));
        else if (type == WebSocketMessageType.Binary)
            session.Receive(message);
        else
            throw new ProtocolViolationException("A text message; envelopes are binary unless ?format=json is asked for.");
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
