using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>What is the same for all guilds.</summary>
/// <param name="Fee">What it costs to found one.</param>
/// <param name="Levels">The first is the level of a new guild; there is at least one.</param>
/// <param name="Donations">What can be given, by currency.</param>
/// <param name="Shop">What contribution buys, by offer.</param>
/// <param name="Rights">What ranks may do in a new guild.</param>
/// <param name="RequestLimit">Open requests of a guild.</param>
/// <param name="InvitationLimit">Open invitations of a guild.</param>
/// <param name="BanLimit">Bans of a guild.</param>
/// <param name="SuccessionAfter">How long a leader may be away before somebody else leads.</param>
public sealed record GuildDefinition(
    Money Fee,
    ImmutableArray<GuildLevel> Levels,
    FrozenDictionary<string, GuildDonation> Donations,
    FrozenDictionary<string, GuildGoods> Shop,
    ImmutableArray<GuildRights> Rights,
    int RequestLimit,
    int InvitationLimit,
    int BanLimit,
    TimeSpan RequestLife,
    TimeSpan InvitationLife,
    TimeSpan SuccessionAfter)
{
    /// <summary>A level of 1 or more. Levels beyond the last are as the last.</summary>
    public GuildLevel Level(uint level) => Levels[(int)Math.Clamp(level, 1, (uint)Levels.Length) - 1];
}

/// <param name="Cost">What rising to this level takes from the funds; 0 for the first alone.</param>
/// <param name="Cap">How many members it allows.</param>
public readonly record struct GuildLevel(long Cost, uint Cap);

/// <summary>What a gift is worth to a guild: each unit so much.</summary>
public sealed record GuildDonation(string Currency, long Unit, long Funds, long Points);

/// <param name="Points">What one costs.</param>
/// <param name="Level">The guild's level from which it is sold.</param>
/// <param name="DailyLimit">For each member; 0 for none.</param>
public sealed record GuildGoods(string Id, Gains Gains, long Points, uint Level, uint DailyLimit);
