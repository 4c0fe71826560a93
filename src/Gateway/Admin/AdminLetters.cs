using GameBackend.Gateway.Accounts;
using Google.Protobuf;

namespace GameBackend.Gateway.Admin;

/// <summary>The operators' letters to one, many or all players.</summary>
internal sealed class AdminLetters(IClusterClient cluster, TimeProvider clock)
{
    private const int MaxReceivers = 100;
    private const int MaxKeyLength = 64;
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(365);

    public async Task<AdminOrder> Send(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.OperatorLetter) is not { } letter
            || letter.Key.Length is 0 or > MaxKeyLength
            || letter.To is { Length: 0 or > MaxReceivers }
            || Expiry(letter) is not { } expires
            || HasNull(letter.To) || HasNull(letter.Items) || HasNull(letter.Pets))
            return AccountProblem.InvalidRequest;
        return new AdminOrder(
            letter.To is null ? "all" : string.Join(' ', letter.To), letter.Key, () => Send(letter, expires));
    }

    private async Task<AdminAnswer> Send(OperatorLetter letter, DateTimeOffset expires)
    {
        if (letter.To is null)
        {
            var error = await cluster.GetGrain<IBroadcastGrain>(0).Send(
                letter.Key, letter.Subject, letter.Text, Gift(letter).ToByteArray(), expires);
            return new(error == GameError.Ok ? Results.NoContent() : Refused([new("all", $"{error}")]));
        }

        var answers = await Task.WhenAll(letter.To.Distinct().Select(player => Send(player, letter, expires)));
        RefusedReceiver[] refused = [.. answers.OfType<RefusedReceiver>()];
        return refused.Length == 0 ? new(Results.NoContent()) : new(Refused(refused), $"{refused.Length} refused");
    }

    private async Task<RefusedReceiver?> Send(string player, OperatorLetter letter, DateTimeOffset expires)
    {
        if (!PlayerIds.TryParse(player, out var id)
            || await cluster.GetGrain<IPlayerProfile>(id).GetPublicProfile() is null)
            return new RefusedReceiver(player, $"{GameError.PlayerNotFound}");
        var error = await cluster.GetGrain<ILetterBoxGrain>(id).TakeOperatorLetter(
            letter.Key, letter.Subject, letter.Text, Gift(letter).ToByteArray(), expires);
        return error == GameError.Ok ? null : new RefusedReceiver(player, $"{error}");
    }

    private static bool HasNull(object?[]? entries) => entries?.Contains(null) == true;

    private static IResult Refused(RefusedReceiver[] refused) => Results.Json(
        new RefusedReceivers(refused), AdminJson.Default.RefusedReceivers, statusCode: StatusCodes.Status409Conflict);

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
