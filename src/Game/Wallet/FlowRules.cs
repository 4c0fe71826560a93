using System.Collections.Frozen;

namespace GameBackend.Game;

/// <summary>
/// Tells value that changes hands from value that comes into the world or leaves it, by the ledger's reason.
/// </summary>
public static class FlowRules
{
    public const string LetterSent = "letter.send";
    public const string LetterClaimed = "letter.claim";
    public const string TradeOut = "trade.out";
    public const string TradeIn = "trade.in";

    /// <summary>Raises a guild's funds, which are held by the guild.</summary>
    public const string GuildDonated = "guild.donate";

    /// <summary>Ends the reason of a transfer that was refused and came back.</summary>
    public const string Back = ".back";

    private static readonly FrozenSet<string> Moves =
        new[] { LetterSent, LetterClaimed, TradeOut, TradeIn, GuildDonated }.ToFrozenSet(StringComparer.Ordinal);

    public static LedgerFlow Of(string reason, long amount) =>
        IsMove(reason) ? LedgerFlow.Moved : amount > 0 ? LedgerFlow.Minted : LedgerFlow.Burnt;

    /// <summary>Whether the other side of an entry is another holder, and not the world.</summary>
    public static bool IsMove(string reason)
    {
        while (reason.EndsWith(Back, StringComparison.Ordinal)) reason = reason[..^Back.Length];
        return Moves.Contains(reason);
    }
}
