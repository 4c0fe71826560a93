using GameBackend.Gateway.Accounts;

namespace GameBackend.Gateway.Admin;

/// <summary>What operators do to players: ban, kick, mute, look at.</summary>
internal sealed class AdminAccounts(IClusterClient cluster, TimeProvider clock)
{
    private const int MaxReasonLength = 256;

    public async Task<AdminOrder> Ban(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.BanRequest) is not { PlayerId: > 0 } request
            || request.Reason.Length > MaxReasonLength
            || !TryReadTime(request.UntilUnixMs, out var until)
            || until <= clock.GetUtcNow())
            return AccountProblem.InvalidRequest;
        return Order(
            request.PlayerId, $"until {until?.ToString("O") ?? "for good"}: {request.Reason}",
            async () => Done(await cluster.GetGrain<IAccountGrain>(request.PlayerId).Ban(until, request.Reason)));
    }

    public async Task<AdminOrder> Unban(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.PlayerRequest) is not { PlayerId: > 0 } request)
            return AccountProblem.InvalidRequest;
        return Order(
            request.PlayerId, "", async () => Done(await cluster.GetGrain<IAccountGrain>(request.PlayerId).Unban()));
    }

    /// <summary>Ends a player's session. The player may log in again.</summary>
    public async Task<AdminOrder> Kick(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.PlayerRequest) is not { PlayerId: > 0 } request
            || request.Reason is { Length: > MaxReasonLength })
            return AccountProblem.InvalidRequest;
        return Order(request.PlayerId, request.Reason ?? "", async () =>
        {
            if (await Account(request.PlayerId) is null)
                return Done(false);
            await cluster.GetGrain<IPlayerSession>(request.PlayerId).Kick(
                uint.MaxValue, GoodbyeReason.Kicked, request.Reason ?? "");
            return Done(true);
        });
    }

    /// <summary>
    /// Takes a player's word away in all channels until a time, or gives it back with a time that is over.
    /// </summary>
    public async Task<AdminOrder> Mute(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.MuteRequest) is not { PlayerId: > 0 } request
            || !TryReadTime(request.UntilUnixMs, out var until))
            return AccountProblem.InvalidRequest;
        return Order(request.PlayerId, $"until {until:O}", async () =>
        {
            if (await Account(request.PlayerId) is null)
                return Done(false);
            await cluster.GetGrain<IPlayerChat>(request.PlayerId).Mute(until!.Value);
            return Done(true);
        });
    }

    /// <summary>Who a player is and where, by id or display name. An account may have no player yet.</summary>
    public async Task<IResult> Find(string player)
    {
        // A name may have nothing but digits. An id that exists goes before it.
        if (PlayerIds.TryParse(player, out var id) && await Account(id) is { } account)
            return await Show(id, account);
        return await cluster.GetGrain<IPlayerSearchGrain>(0).ByName(player) is { } found
            && await Account(found) is { } named
            ? await Show(found, named)
            : AccountProblem.AccountUnknown;
    }

    private async Task<IResult> Show(long id, AccountInfo account)
    {
        var profile = await cluster.GetGrain<IPlayerProfile>(id).GetPublicProfile() is { } encoded
            ? PublicProfile.Parser.ParseFrom(encoded)
            : null;
        var presence = await cluster.GetGrain<IPlayerSession>(id).GetPresence();
        return Results.Json(
            new PlayerBody(
                PlayerIds.Format(id), profile?.Profile.Name, profile?.Level, $"{presence.Status}",
                presence.Since.ToUnixTimeMilliseconds(), presence.Gateway, presence.Epoch,
                account.BannedUntil?.ToUnixTimeMilliseconds()),
            AdminJson.Default.PlayerBody);
    }

    private Task<AccountInfo?> Account(long player) => cluster.GetGrain<IAccountGrain>(player).Find();

    private static AdminOrder Order(long player, string detail, Func<Task<AdminAnswer>> act) =>
        new(PlayerIds.Format(player), detail, act);

    private static AdminAnswer Done(bool exists) =>
        exists ? new AdminAnswer(Results.NoContent()) : AccountProblem.AccountUnknown;

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
