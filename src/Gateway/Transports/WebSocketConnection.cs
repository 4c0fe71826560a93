using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.WebSockets;
using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// A WebSocket client: one message is one envelope, binary, or protobuf-JSON text if it asked for that.
/// </summary>
internal sealed class WebSocketConnection(
    WebSocket socket,
    SharedStream stream,
    EndPoint remote,
    Action abort,
    GatewayOptions options,
    bool json) : ClientConnection(options.MaxQueuedBytes)
{
    // Held while idle, so small: most envelopes fit, and longer ones borrow.
    private readonly byte[] _small = new byte[256];

    public override string Transport => "websocket";

    public override EndPoint? Remote => remote;

    public override async Task ReceiveAsync(Session session)
    {
        while (true)
        {
            var next = socket.ReceiveAsync(_small.AsMemory(), CancellationToken.None);
            if (!next.IsCompleted)
                session.EndBurst();
            var first = await next;
            if (first.MessageType == WebSocketMessageType.Close)
                return;
            if (first.EndOfMessage)
                Hand(session, first.MessageType, _small.AsSpan(0, first.Count));
            else if (!await ReceiveLong(session, first.Count))
                return;
        }
    }

    /// <summary>Receives the rest of a message that is longer than the small buffer.</summary>
    /// <returns>False if the client closed within it.</returns>
    private async Task<bool> ReceiveLong(Session session, int length)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2 * _small.Length);
        try
        {
            _small.AsSpan(0, length).CopyTo(buffer);
            ValueWebSocketReceiveResult received;
            do
            {
                if (length == buffer.Length)
                    Grow(ref buffer, length);
                received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                    return false;
                length += received.Count;
                if (length > options.MaxFrameBytes)
                    throw new ProtocolViolationException($"A message over {options.MaxFrameBytes} bytes.");
            }
            while (!received.EndOfMessage);
            Hand(session, received.MessageType, buffer.AsSpan(0, length));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override async Task DiscardAsync()
    {
        ValueWebSocketReceiveResult received;
        do
            received = await socket.ReceiveAsync(_small.AsMemory(), CancellationToken.None);
        while (received.MessageType != WebSocketMessageType.Close);
    }

    protected override void Drop()
    {
        socket.Abort();
        abort();
    }

    /// <summary>
    /// The header of a server's message (RFC 6455, 5.2); text goes by the WebSocket itself, behind its length.
    /// </summary>
    protected override int WriteHeader(Span<byte> target, int size)
    {
        if (json)
            return Frames.WriteHeader(target, size);
        const byte finalBinary = 0x82;
        target[0] = finalBinary;
        switch (size)
        {
            case < 126:
                target[1] = (byte)size;
                return 2;
            case <= ushort.MaxValue:
                target[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)size);
                return 4;
            default:
                target[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)size);
                return 10;
        }
    }

    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> frames) =>
        json ? WriteText(frames) : stream.WriteAsync(frames);

    private async ValueTask WriteText(ReadOnlyMemory<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var end = Frames.HeaderBytes + BinaryPrimitives.ReadInt32BigEndian(frames.Span);
            var text = JsonTranscoder.ToText(frames.Span[Frames.HeaderBytes..end]);
            await socket.SendAsync(text, WebSocketMessageType.Text, true, CancellationToken.None);
            frames = frames[end..];
        }
    }

    protected override async ValueTask FinishAsync() =>
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    private void Hand(Session session, WebSocketMessageType type, ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
            throw new ProtocolViolationException("A message of no bytes: every envelope has at least an opcode.");
        if (json)
            session.Receive(JsonTranscoder.ToEnvelope(message));
        else if (type == WebSocketMessageType.Binary)
            session.Receive(message);
        else
            throw new ProtocolViolationException(
                "A text message; envelopes are binary unless ?format=json is asked for.");
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
