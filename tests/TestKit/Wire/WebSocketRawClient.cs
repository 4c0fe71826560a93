using System.Net.WebSockets;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.TestKit.Wire;

/// <summary>A WebSocket client: one binary message is one envelope.</summary>
public sealed class WebSocketRawClient : RawClient
{
    private readonly ClientWebSocket _socket = new();

    public ClientWebSocket Socket => _socket;

    public static async Task<WebSocketRawClient> Open(IGateway gateway, string query = "")
    {
        var client = new WebSocketRawClient();
        client._socket.Options.RemoteCertificateValidationCallback = gateway.IsShown;
        client._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        var scheme = gateway.IsShown is null ? "ws" : "wss";
        await client._socket.ConnectAsync(
            new Uri($"{scheme}://127.0.0.1:{gateway.HttpPort}/ws{query}"), CancellationToken.None).Within();
        return client;
    }

    public override async Task Send(params ClientEnvelope[] envelopes)
    {
        foreach (var envelope in envelopes)
            await SendFrame(envelope.ToByteArray());
    }

    public override Task SendFrame(ReadOnlyMemory<byte> envelope) =>
        _socket.SendAsync(envelope, WebSocketMessageType.Binary, true, CancellationToken.None).AsTask().Within();

    /// <summary>Sends a message in parts.</summary>
    public async Task SendParts(WebSocketMessageType type, params byte[][] parts)
    {
        for (var i = 0; i < parts.Length; i++)
            await _socket.SendAsync(parts[i], type, i == parts.Length - 1, CancellationToken.None).Within();
    }

    public override void Reset() => _socket.Abort();

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public async Task<(WebSocketMessageType Type, byte[] Message)> ReadMessage()
    {
        var buffer = new byte[128 * 1024];
        var length = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += received.Count;
        }
        while (!received.EndOfMessage);
        return (received.MessageType, buffer[..length]);
    }

    protected override async Task<ServerEnvelope?> Read()
    {
        var (type, message) = await ReadMessage();
        return type == WebSocketMessageType.Close ? null : ServerEnvelope.Parser.ParseFrom(message);
    }
}
