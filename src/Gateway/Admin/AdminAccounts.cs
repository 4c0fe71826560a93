using GameBackend.Gateway.Accounts;

namespace GameBackend.Gateway.Admin;

/// <summary>What operators do to players: ban, kick, mute, look at.</summary>
internal sealed class AdminAccounts(IClusterClient cluster, TimeProvider clock)
{
    private const int MaxReasonLength = 256;

    public async Task<AdminAnswer> Ban(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.BanRequest) is not { PlayerId: > 0 } request
            || request.Reason.Length > MaxReasonLength
            || !TryReadTime(request.UntilUnixMs, out var until)
            || until <= clock.GetUtcNow())
            return AccountProblem.InvalidRequest;
        var exists = await cluster.GetGrain<IAccountGrain>(request.PlayerId).Ban(until, request.Reason);
        return Done(exists, request.PlayerId, $"until {until?.ToString("O") ?? "for good"}: {request.Reason}");
    }

    public async Task<AdminAnswer> Unban(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.PlayerRequest) is not { PlayerId: > 0 } request)
            return AccountProblem.InvalidRequest;
        return Done(await cluster.GetGrain<IAccountGrain>(request.PlayerId).Unban(), request.PlayerId, "");
    }

    /// <summary>Ends a player's session. The player may log in again.</summary>
    public async Task<AdminAnswer> Kick(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.PlayerRequest) is not { PlayerId: > 0 } request
            || request.Reason is { Length: > MaxReasonLength })
            return AccountProblem.InvalidRequest;
        if (await cluster.GetGrain<IPlayerProfile>(request.PlayerId).GetPublicProfile() is null)
            return AccountProblem.PlayerUnknown;
        await cluster.GetGrain<IPlayerSession>(request.PlayerId).Kick(
            uint.MaxValue, GoodbyeReason.Kicked, request.Reason ?? "");
        return Done(true, request.PlayerId, request.Reason ?? "");
    }

    /// <summary>
    /// Takes a player's word away in all channels until a time, or gives it back with a time that is over.
    /// </summary>
    public async Task<AdminAnswer> Mute(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.MuteRequest) is not { PlayerId: > 0 } request
            || !TryReadTime(request.UntilUnixMs, out var until))
            return AccountProblem.InvalidRequest;
        if (await cluster.GetGrain<IPlayerProfile>(request.PlayerId).GetPublicProfile() is null)
            return AccountProblem.PlayerUnknown;
        await cluster.GetGrain<IPlayerChat>(request.PlayerId).Mute(until!.Value);
        return Done(true, request.PlayerId, $"until {until:O}");
    }

    /// <summary>Who a player is and where, by id or display name.</summary>
    public async Task<IResult> Find(string player)
    {
        if (!PlayerIds.TryParse(player, out var id)
            && await cluster.GetGrain<IPlayerSearchGrain>(0).ByName(player) is { } found)
            id = found;
        if (id == 0 || await cluster.GetGrain<IPlayerProfile>(id).GetPublicProfile() is not { } encoded)
            return AccountProblem.PlayerUnknown;
        var profile = PublicProfile.Parser.ParseFrom(encoded);
        var presence = await cluster.GetGrain<IPlayerSession>(id).GetPresence();
        return Results.Json(
            new PlayerBody(
                PlayerIds.Format(id), profile.Profile.Name, profile.Level, $"{presence.Status}",
                presence.Since.ToUnixTimeMilliseconds(), presence.Gateway, presence.Epoch),
            AdminJson.Default.PlayerBody);
    }

    private static AdminAnswer Done(bool exists, long player, string detail) => exists
        ? new(Results.NoContent(), PlayerIds.Format(player), detail)
        : new(AccountProblem.PlayerUnknown, PlayerIds.Format(player), detail);

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

/// <summary>An answer to an operator, and what the audit says of it.</summary>
internal sealed record AdminAnswer(IResult Result, string Target = "", string Detail = "")
{
    public static implicit operator AdminAnswer(AccountProblem problem) => new((IResult)problem);
}
