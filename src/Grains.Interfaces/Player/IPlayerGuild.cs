namespace GameBackend.Grains.Interfaces;

/// <summary>
/// The player and guilds. Part of the player grain, keyed by player id. Requests are those of the contract, encoded.
/// </summary>
[Alias("gb.PlayerGuild")]
public interface IPlayerGuild : IGrainWithIntegerKey
{
    [Alias("CreateGuild")]
    Task<Outcome> CreateGuild(Caller caller, [Immutable] byte[] request);

    [Alias("DonateToGuild")]
    Task<Outcome> DonateToGuild(Caller caller, string currency, long amount);

    /// <summary>A command to the player's own guild.</summary>
    /// <param name="target">A player it is about who need not be a member; 0 for none.</param>
    [Alias("OrderGuild")]
    Task<Outcome> OrderGuild(Caller caller, uint op, [Immutable] byte[] request, long target = 0);

    /// <summary>A command to a guild that is named.</summary>
    [Alias("OrderNamedGuild")]
    Task<Outcome> OrderNamedGuild(Caller caller, long guild, uint op, [Immutable] byte[] request);

    [Alias("ReadGuild")]
    Task<Outcome> ReadGuild(Caller caller, uint op, [Immutable] byte[] request);

    [Alias("ReadNamedGuild")]
    Task<Outcome> ReadNamedGuild(Caller caller, long guild, uint op, [Immutable] byte[] request);

    [Alias("SearchGuilds")]
    Task<Outcome> SearchGuilds(Caller caller, [Immutable] byte[] request);

    [Alias("ListGuildInvitations")]
    Task<Outcome> ListGuildInvitations(Caller caller);
}
