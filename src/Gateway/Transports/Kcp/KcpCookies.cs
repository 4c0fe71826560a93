using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using GameBackend.Protocol.Kcp;

namespace GameBackend.Gateway.Transports.Kcp;

/// <summary>
/// Lets a client prove that it receives at the address from which it seems to send, before anything is kept about it: a
/// cookie is the time and a MAC, by a secret of this process, over address, nonce and time. A flood of greetings with
/// made-up addresses costs one hash and one short answer each, and nothing that lasts.
/// </summary>
internal sealed class KcpCookies
{
    /// <summary>How long a cookie is good for, in seconds.</summary>
    public const int LifetimeSeconds = 10;

    private const int MacBytes = KcpDatagram.CookieBytes - sizeof(uint);

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    /// <summary>Writes <see cref="KcpKind.Cookie"/> in answer to <see cref="KcpKind.Hello"/>.</summary>
    /// <returns>The answer's length, which is less than the question's.</returns>
    public int Answer(ReadOnlySpan<byte> hello, SocketAddress from, uint nowSeconds, Span<byte> target)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash(KcpDatagram.NonceOf(hello), from, nowSeconds, hash);
        target[0] = (byte)KcpKind.Cookie;
        KcpDatagram.NonceOf(hello).CopyTo(target[1..]);
        var cookie = target[(1 + KcpDatagram.NonceBytes)..];
        BinaryPrimitives.WriteUInt32BigEndian(cookie, nowSeconds);
        hash[..MacBytes].CopyTo(cookie[sizeof(uint)..]);
        return 1 + KcpDatagram.NonceBytes + KcpDatagram.CookieBytes;
    }

    /// <summary>Checks the cookie of a <see cref="KcpKind.Connect"/>.</summary>
    /// <param name="id">
    /// The connection's id, the same each time: a client that repeats itself does not get a second connection.
    /// </param>
    public bool TryAccept(ReadOnlySpan<byte> connect, SocketAddress from, uint nowSeconds, out ulong id)
    {
        id = 0;
        var cookie = KcpDatagram.CookieOf(connect);
        var issuedAt = BinaryPrimitives.ReadUInt32BigEndian(cookie);
        if (nowSeconds - issuedAt > LifetimeSeconds)
            return false;
        Span<byte> hash = stackalloc byte[32];
        Hash(KcpDatagram.NonceOf(connect), from, issuedAt, hash);
        if (!CryptographicOperations.FixedTimeEquals(hash[..MacBytes], cookie[sizeof(uint)..]))
            return false;
        id = BinaryPrimitives.ReadUInt64BigEndian(hash[MacBytes..]);
        return true;
    }

    private void Hash(ReadOnlySpan<byte> nonce, SocketAddress from, uint seconds, Span<byte> hash)
    {
        var address = from.Buffer.Span[..from.Size];
        Span<byte> input = stackalloc byte[KcpDatagram.NonceBytes + sizeof(uint) + 128];
        nonce.CopyTo(input);
        BinaryPrimitives.WriteUInt32BigEndian(input[KcpDatagram.NonceBytes..], seconds);
        address.CopyTo(input[(KcpDatagram.NonceBytes + sizeof(uint))..]);
        HMACSHA256.HashData(_secret, input[..(KcpDatagram.NonceBytes + sizeof(uint) + address.Length)], hash);
    }
}
