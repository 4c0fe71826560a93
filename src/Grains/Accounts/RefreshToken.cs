using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace GameBackend.Grains;

/// <summary>A refresh token in its parts. As text: <c>playerId.lineId.secret</c>, the last two in base64url.</summary>
public readonly record struct RefreshToken(long PlayerId, ulong LineId, byte[] Secret)
{
    private const int LineChars = 11;
    private const int SecretChars = 43;
    private const int SecretBytes = 32;

    /// <summary>Reads what <see cref="Encode"/> writes, and nothing else.</summary>
    public static bool TryParse(string text, out RefreshToken token)
    {
        token = default;
        var firstDot = text.IndexOf('.');
        if (firstDot is < 1 or > 19 || text.Length != firstDot + 1 + LineChars + 1 + SecretChars)
            return false;

        if (!long.TryParse(text.AsSpan(0, firstDot), NumberStyles.None, CultureInfo.InvariantCulture, out var playerId))
            return false;

        Span<byte> line = stackalloc byte[sizeof(ulong)];
        var secret = new byte[SecretBytes];
        if (!TryDecode(text.AsSpan(firstDot + 1, LineChars), line)
            || !TryDecode(text.AsSpan(firstDot + 2 + LineChars), secret))
            return false;

        token = new(playerId, BinaryPrimitives.ReadUInt64BigEndian(line), secret);
        return token.Encode() == text;
    }

    public string Encode()
    {
        Span<byte> line = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(line, LineId);
        var secret = Base64Url.EncodeToString(Secret);
        return string.Create(CultureInfo.InvariantCulture, $"{PlayerId}.{Base64Url.EncodeToString(line)}.{secret}");
    }

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes) =>
        Base64Url.IsValid(text, out var length) && length == bytes.Length
        && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == bytes.Length;

    /// <summary>A fresh line with its first secret.</summary>
    public static (RefreshLine Line, RefreshToken Token) Open(long playerId, uint generation, DateTimeOffset now)
    {
        var id = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var line = new RefreshLine
        {
            Id = id,
            Generation = generation,
            Current = SHA256.HashData(secret),
            TradedAt = now,
        };
        return (line, new(playerId, id, secret));
    }

    /// <summary>
    /// The next secret of a line. It is derived from the one that is traded in, under a fresh key: so the trade can be
    /// answered again to a client that lost the reply, while the storage alone gives no secret away.
    /// </summary>
    public (RefreshLine Line, RefreshToken Token) Trade(RefreshLine line, DateTimeOffset now)
    {
        var salt = RandomNumberGenerator.GetBytes(SecretBytes);
        var next = Successor(salt);
        var traded = line with
        {
            Current = SHA256.HashData(next.Secret),
            Previous = line.Current,
            Salt = salt,
            TradedAt = now,
        };
        return (traded, next);
    }

    /// <summary>The token that this one was traded for under that key.</summary>
    public RefreshToken Successor(byte[] salt) => this with { Secret = HMACSHA256.HashData(salt, Secret) };

    /// <summary>Whether this is the secret of that hash.</summary>
    public bool Matches(byte[] hash) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Secret), hash);
}
