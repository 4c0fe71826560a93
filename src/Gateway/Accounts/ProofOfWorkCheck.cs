using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Makes new accounts cost the client some work: it looks for a number such that SHA-256 of "challenge.number" begins
/// with so many zero bits. On average that takes 2^bits tries. A challenge is <c>pow1.bits.expiry.signature</c>: the
/// gateway keeps nothing, any gateway takes it, and it is good for one identity, so for one account.
/// </summary>
internal sealed class ProofOfWorkCheck(IOptions<AccountsOptions> options, TimeProvider clock) : INewAccountCheck
{
    private const string Kind = "pow1";
    private const int SignatureBytes = 16;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = AccountsOptions.KeyBytes(options.Value.SigningKey);
    private readonly int _bits = options.Value.ProofOfWorkBits;

    public Task<string?> Check(NewAccountRequest request, CancellationToken cancellationToken) => Task.FromResult(
        IsProof(request.Proof, request.Identity)
            ? null
            : Challenge((clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds(), request.Identity));

    private bool IsProof(string? proof, string identity)
    {
        if (proof?.Split('.') is not [Kind, _, var expiry, _, _]
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || expires <= clock.GetUtcNow().ToUnixTimeSeconds())
            return false;
        var expected = Encoding.UTF8.GetBytes(Challenge(expires, identity));
        var shown = Encoding.UTF8.GetBytes(proof[..proof.LastIndexOf('.')]);
        return CryptographicOperations.FixedTimeEquals(expected, shown)
            && ZeroBits(SHA256.HashData(Encoding.UTF8.GetBytes(proof))) >= _bits;
    }

    private string Challenge(long expires, string identity)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"{Kind}.{_bits}.{expires}");
        var signature = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{signed}.{identity}"));
        return $"{signed}.{Base64Url.EncodeToString(signature.AsSpan(0, SignatureBytes))}";
    }

    private static int ZeroBits(byte[] hash)
    {
        var zeros = Array.FindIndex(hash, each => each != 0);
        return zeros < 0 ? hash.Length * 8 : (zeros * 8) + BitOperations.LeadingZeroCount(hash[zeros]) - 24;
    }
}
