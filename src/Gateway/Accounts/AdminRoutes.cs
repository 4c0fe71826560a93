using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Accounts;

/// <summary>Bans, for who has the admin key.</summary>
internal sealed class AdminRoutes(IClusterClient cluster, TimeProvider clock, IOptions<AccountsOptions> options)
{
    private const string KeyHeader = "X-Admin-Key";
    private const int MaxReasonLength = 256;

    private readonly byte[] _keyHash = Hash(options.Value.AdminKey ?? "");

    public async Task<IResult> Ban(HttpContext http)
    {
        if (!HasKey(http))
            return AccountProblem.AdminKeyWrong;
        if (await AccountJson.Read(http, AccountJson.Default.BanRequest) is not { PlayerId: > 0 } request
            || request.Reason.Length > MaxReasonLength
            || !TryReadTime(request.UntilUnixMs, out var until)
            || until <= clock.GetUtcNow())
            return AccountProblem.InvalidRequest;

        var exists = await cluster.GetGrain<IAccountGrain>(request.PlayerId).Ban(until, request.Reason);
        return exists ? Results.NoContent() : AccountProblem.PlayerUnknown;
    }

    public async Task<IResult> Unban(HttpContext http)
    {
        if (!HasKey(http))
            return AccountProblem.AdminKeyWrong;
        if (await AccountJson.Read(http, AccountJson.Default.UnbanRequest) is not { PlayerId: > 0 } request)
            return AccountProblem.InvalidRequest;

        var exists = await cluster.GetGrain<IAccountGrain>(request.PlayerId).Unban();
        return exists ? Results.NoContent() : AccountProblem.PlayerUnknown;
    }

    // Hashes are compared, in constant time: neither the key's letters nor its length show in how long it takes.
    public bool HasKey(HttpContext http) =>
        CryptographicOperations.FixedTimeEquals(Hash(http.Request.Headers[KeyHeader].ToString()), _keyHash);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static bool TryReadTime(long? unixMs, out DateTimeOffset? time)
    {
        time = null;
        if (unixMs is not { } ms)
            return true;
        if (ms < 0 || ms > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return false;

        time = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return true;
    }
}
