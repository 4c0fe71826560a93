using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GameBackend.Protocol.Kcp;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>
/// A KCP client by hand: it can send any datagram, and has the key of a connection if it has shaken hands.
/// </summary>
internal sealed class KcpPeer : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];

    /// <param name="from">The address to send from; any if null.</param>
    public KcpPeer(Backend backend, IPAddress? from = null)
    {
        if (from is not null)
            Socket.Bind(new IPEndPoint(from, 0));
        Socket.Connect(IPAddress.Loopback, backend.Options.KcpPort);
        RandomNumberGenerator.Fill(Nonce);
    }

    public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public byte[] Nonce { get; } = new byte[KcpDatagram.NonceBytes];

    public KcpSeal Seal { get; private set; } = null!;

    public byte[] Cookie { get; private set; } = [];

    /// <summary>The last datagram that was accepted, with id and key.</summary>
    public byte[] Accepted { get; private set; } = [];

    public ulong Id => BinaryPrimitives.ReadUInt64BigEndian(Accepted.AsSpan(1 + KcpDatagram.NonceBytes));

    public async Task<byte[]> AskCookie()
    {
        Socket.Send(KcpDatagram.Handshake(Nonce, default));
        var answer = await Receive();
        Assert.Equal(KcpKind.Cookie, KcpDatagram.KindOf(answer));
        return Cookie = KcpDatagram.CookieOf(answer).ToArray();
    }

    public async Task ShakeHands()
    {
        await AskCookie();
        Socket.Send(KcpDatagram.Handshake(Nonce, Cookie));
        Accepted = await Receive();
        Assert.Equal(KcpKind.Accepted, KcpDatagram.KindOf(Accepted));
        Seal = new KcpSeal(Id, Accepted[^KcpDatagram.KeyBytes..]);
    }

    /// <summary>Sends a sealed datagram with any payload.</summary>
    public void Send(KcpKind kind, ReadOnlySpan<byte> payload) => Socket.Send(Sealed(kind, payload));

    public byte[] Sealed(KcpKind kind, ReadOnlySpan<byte> payload)
    {
        var datagram = new byte[KcpDatagram.HeadBytes + payload.Length + KcpDatagram.SealBytes];
        payload.CopyTo(datagram.AsSpan(KcpDatagram.HeadBytes));
        Seal.Seal(datagram, kind, payload.Length);
        return datagram;
    }

    public async Task<byte[]> Receive() => _buffer[..await Socket.ReceiveAsync(_buffer).Within()];

    /// <summary>What has come without waiting for more than a moment; null if nothing has.</summary>
    public async Task<byte[]?> ReceiveSoon()
    {
        for (var i = 0; i < 30 && Socket.Available == 0; i++)
            await Task.Delay(10);
        return Socket.Available > 0 ? await Receive() : null;
    }

    public void Dispose() => Socket.Dispose();
}
