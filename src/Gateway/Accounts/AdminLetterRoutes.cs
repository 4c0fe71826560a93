using System.Globalization;
using Google.Protobuf;

namespace GameBackend.Gateway.Accounts;

/// <summary>The operators' letters to one, many or all players, for who has the admin key.</summary>
internal sealed class AdminLetterRoutes(IClusterClient cluster, TimeProvider clock, AdminRoutes admin)
{
    private const int MaxReceivers = 100;
    private const int MaxKeyLength = 64;
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(365);

    public async Task<IResult> Send(HttpContext http)
    {
        if (!admin.HasKey(http))
            return AccountProblem.AdminKeyWrong;
        if (await AccountJson.Read(http, AccountJson.Default.OperatorLetter) is not { } letter
            || letter.Key.Length is 0 or > MaxKeyLength
            || letter.To is { Length: 0 or > MaxReceivers }
            || Expiry(letter) is not { } expires)
            return AccountProblem.InvalidRequest;

        if (letter.To is null)
        {
            var error = await cluster.GetGrain<IBroadcastGrain>(0).Send(
                letter.Key, letter.Subject, letter.Text, Gift(letter).ToByteArray(), expires);
            return error == GameError.Ok ? Results.NoContent() : Refused([new("all", $"{error}")]);
        }

        var answers = await Task.WhenAll(letter.To.Distinct().Select(player => Send(player, letter, expires)));
        RefusedReceiver[] refused = [.. answers.OfType<RefusedReceiver>()];
        return refused.Length == 0 ? Results.NoContent() : Refused(refused);
    }

    private async Task<RefusedReceiver?> Send(string player, OperatorLetter letter, DateTimeOffset expires)
    {
        if (!long.TryParse(player, CultureInfo.InvariantCulture, out var id) || id == 0
            || await cluster.GetGrain<IPlayerProfile>(id).GetPublicProfile() is null)
            return new RefusedReceiver(player, $"{GameError.PlayerNotFound}");
        var error = await cluster.GetGrain<ILetterBoxGrain>(id).TakeOperatorLetter(
            letter.Key, letter.Subject, letter.Text, Gift(letter).ToByteArray(), expires);
        return error == GameError.Ok ? null : new RefusedReceiver(player, $"{error}");
    }

    private static IResult Refused(RefusedReceiver[] refused) => Results.Json(
        new RefusedReceivers(refused), AccountJson.Default.RefusedReceivers, statusCode: StatusCodes.Status409Conflict);

    private DateTimeOffset? Expiry(OperatorLetter letter)
    {
        var now = clock.GetUtcNow();
        if (letter.ExpiresUnixMs is not { } ms)
            return now + DefaultLife;
        return ms > now.ToUnixTimeMilliseconds() && ms <= (now + LongestLife).ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
    }

    private static Value Gift(OperatorLetter letter)
    {
        var value = new Value();
        foreach (var (currency, amount) in letter.Currencies ?? [])
            value.Currencies.Add(new Balance { Currency = currency, Amount = amount });
        foreach (var item in letter.Items ?? [])
            value.Items.Add(new ItemStack { Item = item.Item, Count = item.Count, Bound = item.Bound });
        foreach (var kind in letter.Pets ?? [])
            value.Pets.Add(new Pet { Kind = kind, Level = 1 });
        return value;
    }
}
