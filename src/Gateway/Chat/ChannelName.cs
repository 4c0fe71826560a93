using System.Globalization;

namespace GameBackend.Gateway.Chat;

/// <summary>Reads the keys of <see cref="IChatChannelGrain"/>.</summary>
internal static class ChannelName
{
    public static (ChatKind Kind, ulong Id) Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var id = key.AsSpan(slash + 1);
        return key[..slash] switch
        {
            "world" => (ChatKind.World, ulong.Parse(id, CultureInfo.InvariantCulture)),
            "guild" => (ChatKind.Guild, ulong.Parse(id, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            _ => (ChatKind.Team, ulong.Parse(id, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        };
    }
}
