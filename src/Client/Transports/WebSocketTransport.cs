using System.Net.WebSockets;
using GameBackend.Protocol;

namespace GameBackend.Client.Transports;

/// <summary>Envelopes on a WebSocket, each a binary message.</summary>
public sealed class WebSocketTransport(WebSocket socket) : ITransport
{
    private byte[] _buffer = new byte[1024];

    public ValueTask Send(ReadOnlyMemory<byte> envelope, bool more, CancellationToken cancellation) =>
        socket.SendAsync(envelope, WebSocketMessageType.Binary, endOfMessage: true, cancellation);

    public async ValueTask<ReadOnlyMemory<byte>?> Receive(CancellationToken cancellation)
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellation).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            if (part.MessageType != WebSocketMessageType.Binary)
                throw new FrameException("A text message, where envelopes are binary.");
            length += part.Count;
            if (part.EndOfMessage)
                return length > 0 ? _buffer.AsMemory(0, length) : throw new FrameException("A message of no bytes.");
            if (length < _buffer.Length)
                continue;
            if (length >= FrameLimits.MaxFrameBytes)
                throw new FrameException($"A message of more than {FrameLimits.MaxFrameBytes} bytes.");
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, FrameLimits.MaxFrameBytes));
        }
    }

    public void Abort() => socket.Abort();

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException
            or ObjectDisposedException or InvalidOperationException)
        {
            // The other side is gone already, which is what closing is for.
        }
        socket.Dispose();
    }
}
