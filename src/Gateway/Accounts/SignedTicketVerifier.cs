using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Takes tickets of a server that shares a secret with the gateway: <c>subject.expiry.signature</c>, where subject is
/// base64url of UTF-8, expiry is in Unix seconds, and signature is base64url of
/// HMAC-SHA256(secret, "provider.subject.expiry"). A ticket can be used again until it expires.
/// </summary>
public sealed class SignedTicketVerifier(string provider, TicketProviderOptions options, TimeProvider clock)
    : IExternalIdentityVerifier
{
    private readonly byte[] _secret = AccountsOptions.KeyBytes(options.Secret);

    public string Provider => provider;

    public Task<string?> Verify(string token, CancellationToken cancellationToken) => Task.FromResult(Read(token));

    /// <summary>What the server that vouches for its players does; here for tests and tools.</summary>
    public string Sign(string subject, DateTimeOffset expiry)
    {
        var name = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(subject));
        var signed = string.Create(CultureInfo.InvariantCulture, $"{name}.{expiry.ToUnixTimeSeconds()}");
        return $"{signed}.{Signature(signed)}";
    }

    private string? Read(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
            return null;

        var expected = Encoding.UTF8.GetBytes(Signature($"{parts[0]}.{parts[1]}"));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(parts[2])))
            return null;

        if (!long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var expiry))
            return null;

        var now = clock.GetUtcNow();
        var isTimely = expiry > now.ToUnixTimeSeconds() && expiry <= (now + options.MaxLifetime).ToUnixTimeSeconds();
        if (!isTimely || !Base64Url.IsValid(parts[0]))
            return null;

        // Text that is not UTF-8 would be patched, and two subjects could become one.
        var subject = Base64Url.DecodeFromChars(parts[0]);
        return Utf8.IsValid(subject) ? Encoding.UTF8.GetString(subject) : null;
    }

    private string Signature(string signed) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{provider}.{signed}")));
}
