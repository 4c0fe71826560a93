using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.TestKit.Wire;

/// <summary>A raw TCP client: a length of four bytes, then the envelope.</summary>
public sealed class TcpRawClient : RawClient
{
    private readonly Socket _socket;
    private readonly Stream _stream;

    private TcpRawClient(Socket socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    public static async Task<TcpRawClient> Open(IGateway gateway, int? receiveBufferBytes = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes is { } size)
            socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(IPAddress.Loopback, gateway.TcpPort).Within();
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (gateway.IsShown is not null)
        {
            var tls = new SslStream(stream, false, gateway.IsShown);
            await tls.AuthenticateAsClientAsync("localhost").Within();
            stream = tls;
        }

        return new TcpRawClient(socket, stream);
    }

    public static byte[] Frame(ReadOnlySpan<byte> envelope)
    {
        var frame = new byte[4 + envelope.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, envelope.Length);
        envelope.CopyTo(frame.AsSpan(4));
        return frame;
    }

    public override Task Send(params ClientEnvelope[] envelopes) =>
        SendBytes(envelopes.SelectMany(envelope => Frame(envelope.ToByteArray())).ToArray());

    public override Task SendFrame(ReadOnlyMemory<byte> envelope) => SendBytes(Frame(envelope.Span));

    public async Task SendBytes(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes).AsTask().Within();
        await _stream.FlushAsync();
    }

    public override void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Ends the sending, and goes on reading.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    public override ValueTask DisposeAsync() => _stream.DisposeAsync();

    protected override async Task<ServerEnvelope?> Read()
    {
        var header = new byte[4];
        var read = await _stream.ReadAtLeastAsync(header, 4, throwOnEndOfStream: false);
        if (read == 0)
            return null;
        if (read < 4)
            throw new EndOfStreamException("The stream ends inside a length.");
        var envelope = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        await _stream.ReadExactlyAsync(envelope);
        return ServerEnvelope.Parser.ParseFrom(envelope);
    }
}
