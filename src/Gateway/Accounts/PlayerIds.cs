using System.Globalization;

namespace GameBackend.Gateway.Accounts;

/// <summary>Player ids as text: the decimal digits of a positive number, in one way alone.</summary>
internal static class PlayerIds
{
    public static bool TryParse(ReadOnlySpan<char> text, out long playerId) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out playerId)
        && playerId > 0 && text[0] != '0';

    public static string Format(long playerId) => playerId.ToString(CultureInfo.InvariantCulture);
}
