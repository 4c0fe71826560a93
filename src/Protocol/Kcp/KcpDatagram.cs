using System.Buffers.Binary;

namespace GameBackend.Protocol.Kcp;

/// <summary>The first byte of a datagram. What goes one way is not taken the other way.</summary>
public enum KcpKind : byte
{
    None = 0,

    /// <summary>
    /// Client: nonce. As long as <see cref="KcpDatagram.HandshakeBytes"/>, so that no answer is longer.
    /// </summary>
    Hello = 1,

    /// <summary>Server: nonce, cookie. The server has kept nothing.</summary>
    Cookie = 2,

    /// <summary>Client: nonce, cookie. Proves that the client receives at its address.</summary>
    Connect = 3,

    /// <summary>Server: nonce, connection id, key.</summary>
    Accepted = 4,

    /// <summary>Server: nonce. Another version, or too many connections.</summary>
    Refused = 5,

    /// <summary>Sealed: segments.</summary>
    ClientData = 6,

    /// <summary>Sealed: segments.</summary>
    ServerData = 7,

    /// <summary>Sealed, server, to a new address of the client: 8 bytes to be returned.</summary>
    Challenge = 8,

    /// <summary>Sealed, client: the 8 bytes of the challenge.</summary>
    ChallengeAnswer = 9,

    /// <summary>Sealed: the end.</summary>
    ClientClose = 10,

    /// <summary>Sealed: the end.</summary>
    ServerClose = 11,

    /// <summary>
    /// Server, to a sealed datagram whose connection it does not know: that datagram's head and seal.
    /// </summary>
    Gone = 12,
}

/// <summary>The datagrams of a KCP connection. Numbers outside of segments are big-endian.</summary>
public static class KcpDatagram
{
    /// <summary>Fits into what every path of IPv6 carries (1280 bytes) with the headers of IP and UDP.</summary>
    public const int MaxBytes = 1200;

    public const int HandshakeBytes = 64;
    public const byte Version = 1;
    public const int NonceBytes = 16;
    public const int CookieBytes = 20;
    public const int KeyBytes = 16;
    public const int IdBytes = 8;
    public const int ChallengeBytes = 8;

    /// <summary>Kind, connection id and counter of a sealed datagram.</summary>
    public const int HeadBytes = 1 + IdBytes + 4;

    public const int SealBytes = 12;

    public const int MaxPayloadBytes = MaxBytes - HeadBytes - SealBytes;

    public const int AcceptedBytes = 1 + NonceBytes + IdBytes + KeyBytes;

    public const int GoneBytes = 1 + IdBytes + 4 + SealBytes;

    public static KcpKind KindOf(ReadOnlySpan<byte> datagram) =>
        datagram.IsEmpty ? KcpKind.None : (KcpKind)datagram[0];

    /// <summary>The connection of a sealed datagram, or of <see cref="KcpKind.Gone"/>.</summary>
    public static ulong IdOf(ReadOnlySpan<byte> datagram) => BinaryPrimitives.ReadUInt64BigEndian(datagram[1..]);

    /// <summary>The conversation that a connection's segments carry.</summary>
    public static uint ConversationOf(ulong id) => (uint)id;

    /// <summary>The nonce of a datagram of the handshake.</summary>
    public static ReadOnlySpan<byte> NonceOf(ReadOnlySpan<byte> datagram) => datagram.Slice(1, NonceBytes);

    /// <summary>Writes <see cref="KcpKind.Hello"/>, or with a cookie <see cref="KcpKind.Connect"/>.</summary>
    public static byte[] Handshake(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cookie)
    {
        var datagram = new byte[HandshakeBytes];
        datagram[0] = (byte)(cookie.IsEmpty ? KcpKind.Hello : KcpKind.Connect);
        nonce.CopyTo(datagram.AsSpan(1));
        cookie.CopyTo(datagram.AsSpan(1 + NonceBytes));
        datagram[HandshakeBytes - 1] = Version;
        return datagram;
    }

    /// <summary>
    /// Whether these bytes are a <see cref="KcpKind.Hello"/> or <see cref="KcpKind.Connect"/>, whatever is in it.
    /// </summary>
    public static bool IsHandshake(ReadOnlySpan<byte> datagram) => datagram.Length == HandshakeBytes;

    /// <summary>The cookie of a <see cref="KcpKind.Cookie"/> or <see cref="KcpKind.Connect"/>.</summary>
    public static ReadOnlySpan<byte> CookieOf(ReadOnlySpan<byte> datagram) =>
        datagram.Slice(1 + NonceBytes, CookieBytes);

    /// <summary>Writes <see cref="KcpKind.Gone"/> as the answer to a sealed datagram.</summary>
    public static int WriteGone(ReadOnlySpan<byte> received, Span<byte> target)
    {
        received[..HeadBytes].CopyTo(target);
        target[0] = (byte)KcpKind.Gone;
        received[^SealBytes..].CopyTo(target[HeadBytes..]);
        return GoneBytes;
    }
}
