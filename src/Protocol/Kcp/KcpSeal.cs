using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GameBackend.Protocol.Kcp;

/// <summary>
/// The authenticity of a connection's datagrams: a running number and a MAC (HMAC-SHA256 of 96 bits, RFC 2104) over all
/// of it. It keeps out whoever does not read along; it hides nothing. Not safe for use by two threads at a time.
/// </summary>
#if !NET
// Its MAC is managed code there, with nothing to dispose of.
#pragma warning disable CA1001
#endif
public sealed class KcpSeal(ulong id, byte[] key)
{
    // By the seal of the last datagram KcpKind.Gone shows that it is an answer to it.
    private readonly byte[] _last = new byte[KcpDatagram.SealBytes];
    private uint _counter;

    public ulong Id => id;

    /// <summary>Completes a datagram whose payload stands behind <see cref="KcpDatagram.HeadBytes"/> bytes.</summary>
    /// <returns>The datagram's length.</returns>
    /// <exception cref="InvalidOperationException">
    /// All running numbers are used up: the connection has to end.
    /// </exception>
    public int Seal(Span<byte> datagram, KcpKind kind, int payloadBytes)
    {
        if (_counter == uint.MaxValue)
            throw new InvalidOperationException("A connection of 4 billion datagrams.");
        datagram[0] = (byte)kind;
        BinaryPrimitives.WriteUInt64BigEndian(datagram[1..], id);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[(1 + KcpDatagram.IdBytes)..], ++_counter);
        var length = KcpDatagram.HeadBytes + payloadBytes;
        Span<byte> mac = stackalloc byte[32];
        Mac(datagram[..length], mac);
        mac[..KcpDatagram.SealBytes].CopyTo(datagram[length..]);
        mac[..KcpDatagram.SealBytes].CopyTo(_last);
        return length + KcpDatagram.SealBytes;
    }

    /// <summary>Checks a datagram of the other end.</summary>
    /// <param name="counter">Its running number, from 1. Datagrams may come out of order and more than once.</param>
    public bool TryOpen(ReadOnlySpan<byte> datagram, out uint counter, out ReadOnlySpan<byte> payload)
    {
        counter = 0;
        payload = default;
        if (datagram.Length < KcpDatagram.HeadBytes + KcpDatagram.SealBytes || KcpDatagram.IdOf(datagram) != id)
            return false;
        Span<byte> mac = stackalloc byte[32];
        Mac(datagram[..^KcpDatagram.SealBytes], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..KcpDatagram.SealBytes], datagram[^KcpDatagram.SealBytes..]))
            return false;
        counter = BinaryPrimitives.ReadUInt32BigEndian(datagram[(1 + KcpDatagram.IdBytes)..]);
        payload = datagram[KcpDatagram.HeadBytes..^KcpDatagram.SealBytes];
        return true;
    }

    /// <summary>
    /// Whether these bytes are <see cref="KcpKind.Gone"/> in answer to the last datagram that was sealed.
    /// </summary>
    public bool IsGone(ReadOnlySpan<byte> datagram) => datagram.Length == KcpDatagram.GoneBytes
        && KcpDatagram.IdOf(datagram) == id && datagram[^KcpDatagram.SealBytes..].SequenceEqual(_last);

#if NET
    private void Mac(ReadOnlySpan<byte> bytes, Span<byte> mac) => HMACSHA256.HashData(key, bytes, mac);
#else
    private readonly HMACSHA256 _hmac = new(key);

    private void Mac(ReadOnlySpan<byte> bytes, Span<byte> mac) => _hmac.TryComputeHash(bytes, mac, out _);
#endif
}
