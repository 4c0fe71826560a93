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
            var first = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            if (first.MessageType == WebSocketMessageType.Close)
                return;

            var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
            try
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    if (length == buffer.Length)
                        buffer = Grow(buffer, length);
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    if (received.MessageType == WebSocketMessageType.Close)
                        return;
                    length += received.Count;
                }
                while (!received.EndOfMessage);
                Handle(session, received.MessageType, buffer.AsMemory(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    public override void Abort()
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

    public override async Task DiscardAsync()
    {
        var buffer = new byte[4096];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    private void Handle(Session session, WebSocketMessageType type, ReadOnlyMemory<byte> message)
    {
        if (json)
            session.Receive(new ReadOnlySequence<byte>(JsonTranscoder.ToEnvelope(message.Span)), more: false);
        else if (type == WebSocketMessageType.Binary)
            session.Receive(new ReadOnlySequence<byte>(message), more: false);
        else
            throw new ProtocolViolationException("A text message; envelopes are binary unless ?format=json is asked for.");
    }

    private byte[] Grow(byte[] buffer, int length)
    {
        if (length >= options.MaxFrameBytes)
            throw new ProtocolViolationException($"A message over {options.MaxFrameBytes} bytes.");
        // One byte over the limit tells a message that is too long from one that just fits.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(length * 2, options.MaxFrameBytes + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
