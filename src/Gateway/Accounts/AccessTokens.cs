using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// What an access token says. Whether its generation is still the account's, and its line still there, the account
/// knows.
/// </summary>
public readonly record struct AccessToken(long PlayerId, uint Generation, ulong Line, DateTimeOffset ExpiresAt);

/// <summary>
/// Issues and reads access tokens: JWT (RFC 7519) in compact form, always HMAC-SHA256. The header is one constant that
/// must match to the letter, so a token has no say in how it is verified. Reading throws nothing, whatever comes.
/// </summary>
public sealed class AccessTokens(IOptions<AccountsOptions> options, TimeProvider clock)
{
    private const int MaxTokenChars = 512;
    private const int SignatureChars = 43;
    private const long MaxUnixSeconds = 253_402_300_799;

    // {"alg":"HS256","typ":"JWT"}
    private const string Header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";

    private readonly string _issuer = options.Value.Issuer;
    private readonly TimeSpan _lifetime = options.Value.AccessTokenLifetime;
    private readonly byte[][] _keys =
    [
        AccountsOptions.KeyBytes(options.Value.SigningKey),
        .. options.Value.PreviousSigningKeys.Select(AccountsOptions.KeyBytes),
    ];

    public TimeSpan Lifetime => _lifetime;

    public string Issue(long playerId, uint generation, ulong line)
    {
        var now = clock.GetUtcNow();
        var (iat, exp) = (now.ToUnixTimeSeconds(), (now + _lifetime).ToUnixTimeSeconds());
        Span<byte> payload = stackalloc byte[256];
        Utf8.TryWrite(
            payload,
            CultureInfo.InvariantCulture,
            $$"""{"iss":"{{_issuer}}","sub":"{{playerId}}","gen":{{generation}}"""
            + $$""","lin":{{line}},"iat":{{iat}},"exp":{{exp}}}""",
            out var length);
        var signed = Header + Base64Url.EncodeToString(payload[..length]);
        Span<byte> signature = stackalloc byte[SignatureChars];
        Sign(_keys[0], Encoding.ASCII.GetBytes(signed), signature);
        return $"{signed}.{Encoding.ASCII.GetString(signature)}";
    }

    /// <summary>Whether this is a token of ours that has not expired.</summary>
    public bool TryRead(string? token, out AccessToken accessToken)
    {
        accessToken = default;
        if (token is null || token.Length > MaxTokenChars || !token.StartsWith(Header, StringComparison.Ordinal))
            return false;

        var signedLength = token.Length - SignatureChars - 1;
        if (signedLength <= Header.Length || token[signedLength] != '.')
            return false;

        Span<byte> bytes = stackalloc byte[MaxTokenChars];
        if (Ascii.FromUtf16(token, bytes, out var length) != OperationStatus.Done)
            return false;

        var signed = bytes[..signedLength];
        return IsSigned(signed, bytes[(signedLength + 1)..length])
            && TryReadPayload(signed[Header.Length..], out accessToken)
            && accessToken.ExpiresAt > clock.GetUtcNow();
    }

    private bool IsSigned(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        // The texts are compared, not the bytes they stand for: base64url has several texts for the same bytes.
        Span<byte> expected = stackalloc byte[SignatureChars];
        foreach (var key in _keys)
        {
            Sign(key, signed, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, signature))
                return true;
        }

        return false;
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> signed, Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, hash);
        Base64Url.EncodeToUtf8(hash, signature, out _, out _);
    }

    private bool TryReadPayload(ReadOnlySpan<byte> encoded, out AccessToken accessToken)
    {
        accessToken = default;
        Span<byte> json = stackalloc byte[MaxTokenChars];
        if (Base64Url.DecodeFromUtf8(encoded, json, out _, out var length) != OperationStatus.Done)
            return false;

        try
        {
            return TryReadClaims(json[..length], out accessToken);
        }
        catch (JsonException)
        {
            // Signed with our key by another who uses it for something else.
            return false;
        }
    }

    private bool TryReadClaims(ReadOnlySpan<byte> json, out AccessToken accessToken)
    {
        long playerId = 0, expires = 0;
        uint generation = 0;
        ulong line = 0;
        var isOurs = false;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSubject = reader.ValueTextEquals("sub"u8);
            var isIssuer = reader.ValueTextEquals("iss"u8);
            var isGeneration = reader.ValueTextEquals("gen"u8);
            var isLine = reader.ValueTextEquals("lin"u8);
            var isExpiry = reader.ValueTextEquals("exp"u8);
            reader.Read();
            var isText = reader.TokenType == JsonTokenType.String;
            var isNumber = reader.TokenType == JsonTokenType.Number;
            if (isSubject && isText && !reader.ValueIsEscaped)
                _ = long.TryParse(reader.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out playerId);
            else if (isIssuer && isText)
                isOurs = reader.ValueTextEquals(_issuer);
            else if (isGeneration && isNumber)
                _ = reader.TryGetUInt32(out generation);
            else if (isLine && isNumber)
                _ = reader.TryGetUInt64(out line);
            else if (isExpiry && isNumber)
                _ = reader.TryGetInt64(out expires);
            else
                reader.Skip();
        }

        var isWhole = isOurs && playerId > 0 && generation > 0 && expires is > 0 and <= MaxUnixSeconds;
        accessToken = isWhole
            ? new(playerId, generation, line, DateTimeOffset.FromUnixTimeSeconds(expires))
            : default;
        return isWhole;
    }
}
