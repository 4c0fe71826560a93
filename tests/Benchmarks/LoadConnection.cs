using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Benchmarks;

/// <summary>
/// A client that keeps a number of echo requests in flight, as cheaply as it can, so that the server is what is
/// measured. The same bytes go to the backend and to the bare echo.
/// </summary>
internal sealed class LoadConnection(bool webSocket) : IDisposable
{
    private const int BodyBytes = 64;
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[64 * 1024];
    private int _receivedBytes;
    private uint _nextId = 1;

    /// <summary>Answers so far.</summary>
    public long Completed;

    /// <summary>Answers with an error.</summary>
    public long Errors;

    public async Task Connect(int port)
    {
        await _socket.ConnectAsync(IPAddress.Loopback, port);
        if (!webSocket)
            return;
        await _socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        var length = 0;
        while (!Encoding.ASCII.GetString(_received, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
            length += await _socket.ReceiveAsync(_received.AsMemory(length));
    }

    /// <summary>Logs in and waits for the welcome.</summary>
    public async Task Login(string accessToken)
    {
        var body = new LoginRequest { AccessToken = accessToken }.ToByteString();
        await _socket.SendAsync(Frame(new ClientEnvelope { Id = _nextId++, Op = 1, Body = body }.ToByteArray()));
        while (TakeFrames() == 0)
            await Receive();
        if (Errors > 0)
            throw new InvalidOperationException("The login was refused.");
        Completed = 0;
    }

    /// <summary>Creates the player, and waits for the change and the answer.</summary>
    public async Task Create(string name)
    {
        var body = new CreatePlayerRequest { Name = name }.ToByteString();
        await _socket.SendAsync(Frame(new ClientEnvelope { Id = _nextId++, Op = 200, Body = body }.ToByteArray()));
        for (var frames = 0; frames < 2; frames += TakeFrames())
            await Receive();
    }

    /// <summary>
    /// Keeps <paramref name="inFlight"/> requests in flight until cancelled, and takes the last answers.
    /// </summary>
    public async Task Run(int inFlight, CancellationToken stop)
    {
        var batch = new byte[inFlight * 256];
        for (int wanted = inFlight, open = 0; wanted > 0 || open > 0;)
        {
            if (wanted > 0)
                await SendRequests(batch, wanted);
            open += wanted;
            int answered;
            do
            {
                await Receive();
                answered = TakeFrames();
            }
            while (answered == 0);
            open -= answered;
            wanted = stop.IsCancellationRequested ? 0 : answered;
            Interlocked.Add(ref Completed, answered);
        }
    }

    private async ValueTask SendRequests(byte[] batch, int count)
    {
        var length = 0;
        for (var i = 0; i < count; i++)
            length += WriteRequest(batch.AsSpan(length));
        await _socket.SendAsync(batch.AsMemory(0, length), CancellationToken.None);
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask Receive()
    {
        var count = await _socket.ReceiveAsync(_received.AsMemory(_receivedBytes));
        if (count == 0)
            throw new InvalidOperationException("The server has closed the connection.");
        _receivedBytes += count;
    }

    private int WriteRequest(Span<byte> target)
    {
        // id, op 10 (Echo), and a body that is an EchoRequest with a payload of 62 bytes: 64 bytes in all.
        Span<byte> envelope = stackalloc byte[16 + BodyBytes];
        var at = 0;
        envelope[at++] = 0x08;
        for (var id = _nextId++; ; id >>= 7)
        {
            envelope[at++] = (byte)(id >= 0x80 ? id | 0x80 : id);
            if (id < 0x80)
                break;
        }

        envelope[at++] = 0x10;
        envelope[at++] = 10;
        envelope[at++] = 0x1A;
        envelope[at++] = BodyBytes;
        envelope[at] = 0x0A;
        envelope[at + 1] = BodyBytes - 2;
        at += BodyBytes;
        return WriteFrame(envelope[..at], target);
    }

    private byte[] Frame(byte[] envelope)
    {
        var frame = new byte[envelope.Length + 16];
        return frame[..WriteFrame(envelope, frame)];
    }

    private int WriteFrame(ReadOnlySpan<byte> envelope, Span<byte> target)
    {
        if (!webSocket)
        {
            BinaryPrimitives.WriteInt32BigEndian(target, envelope.Length);
            envelope.CopyTo(target[4..]);
            return 4 + envelope.Length;
        }

        // A binary message, masked with zeros.
        target[0] = 0x82;
        var header = 2;
        if (envelope.Length < 126)
        {
            target[1] = (byte)(0x80 | envelope.Length);
        }
        else
        {
            target[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)envelope.Length);
            header = 4;
        }

        target.Slice(header, 4).Clear();
        envelope.CopyTo(target[(header + 4)..]);
        return header + 4 + envelope.Length;
    }

    private int TakeFrames()
    {
        var (taken, at) = (0, 0);
        while (TryMeasure(_received.AsSpan(at, _receivedBytes - at), out var header, out var length))
        {
            // Field 5 of an answer is its error; in a good echo the last field is the body.
            if (length < BodyBytes)
                Errors++;
            at += header + length;
            taken++;
        }

        _received.AsSpan(at, _receivedBytes - at).CopyTo(_received);
        _receivedBytes -= at;
        return taken;
    }

    private bool TryMeasure(ReadOnlySpan<byte> bytes, out int header, out int length)
    {
        (header, length) = (webSocket ? 2 : 4, 0);
        if (bytes.Length < header)
            return false;
        if (!webSocket)
        {
            length = BinaryPrimitives.ReadInt32BigEndian(bytes);
        }
        else
        {
            length = bytes[1] & 0x7F;
            if (length == 126)
            {
                header = 4;
                if (bytes.Length < header)
                    return false;
                length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            }

            // What comes back from the bare echo is not masked either.
        }

        return bytes.Length >= header + length;
    }
}
