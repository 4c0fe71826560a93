namespace GameBackend.Grains.Interfaces;

/// <summary>
/// What silos are there for. A silo carries some roles or all; each grain lives on silos of its role.
/// </summary>
public static class Roles
{
    /// <summary>Accounts, players, their mailboxes and letters.</summary>
    public const string Player = "player";

    /// <summary>Guilds, teams, friends, chat and trade.</summary>
    public const string Social = "social";

    /// <summary>Queues for battles, and leaderboards.</summary>
    public const string Match = "match";

    /// <summary>Battles that are being fought.</summary>
    public const string Battle = "battle";

    public static readonly IReadOnlyList<string> All = [Player, Social, Match, Battle];
}
