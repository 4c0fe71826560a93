using System.ComponentModel.DataAnnotations;

namespace GameBackend.Silo;

/// <summary>Ports and addresses of a silo (configuration section <c>Silo</c>).</summary>
public sealed class SiloOptions
{
    public const string Section = "Silo";

    /// <summary>Port for other silos.</summary>
    [Range(1, 65535)] public int Port { get; set; } = 11111;

    /// <summary>Port for gateways.</summary>
    [Range(1, 65535)] public int GatewayPort { get; set; } = 30000;

    /// <summary>Port of the health endpoints, if no gateway runs inside.</summary>
    [Range(1, 65535)] public int HttpPort { get; set; } = 7810;

    /// <summary>The address that others are told; loopback if empty.</summary>
    public string? AdvertisedIp { get; set; }

    /// <summary>Listens on every address of the machine instead of the advertised one only.</summary>
    public bool ListenAny { get; set; }

    /// <summary>What this silo is there for: any of player, social, match and battle; all by default.</summary>
    public string[] Roles { get; set; } = [];

    /// <summary>
    /// How long a grain may stay in memory without being asked for anything. Orleans looks once a minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:02:00", "30.00:00:00")]
    public TimeSpan IdleGrainAge { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>The game's data (configuration section <c>Game</c>). The same on every silo.</summary>
public sealed class GameOptions
{
    public const string Section = "Game";

    /// <summary>A directory with the catalogue's JSON files; the built-in catalogue if empty.</summary>
    public string? Catalogue { get; set; }
}
