using System.Collections.Immutable;

namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A battle, keyed by its id. It runs by itself from <see cref="Open"/> on, and outlives the silo that it runs on.
/// </summary>
/// <remarks>
/// Nothing here waits for a player's grain. Who asks is known by the epoch of the player's connection: what comes with
/// an older one than the newest that has joined has no effect.
/// </remarks>
[Alias("gb.Battle")]
public interface IBattleGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Starts the battle, once: repeating it changes nothing. Returns when the setup is stored and the battle runs.
    /// </summary>
    [Alias("Open")]
    Task Open(BattleOrder order);

    /// <summary>
    /// A player comes, comes back, or has missed a baseline. The reply is a <see cref="JoinBattleReply"/>.
    /// </summary>
    [Alias("Join")]
    Task<Outcome> Join(long player, ulong epoch);

    /// <summary>
    /// Said by a gateway about once a second: it is there, hears the battle on a lane, and has these players. Brings a
    /// battle back whose silo has died.
    /// </summary>
    /// <returns>False if the battle is over, or there is none.</returns>
    [Alias("Attend")]
    Task<bool> Attend(BattleAttendance attendance);

    /// <summary>A player's connection is gone. The character stays.</summary>
    [Alias("Drop"), OneWay]
    Task Drop(long player, ulong epoch);

    /// <summary>Inputs of players, each player's in order.</summary>
    /// <returns>What became of each.</returns>
    [Alias("Submit")]
    Task<InputAnswer[]> Submit([Immutable] PlayerInput[] inputs);

    /// <summary>The player leaves for good.</summary>
    [Alias("Leave")]
    Task<Outcome> Leave(long player, ulong epoch);

    [Alias("VoteSurrender")]
    Task<Outcome> VoteSurrender(long player, ulong epoch, bool forIt);

    /// <summary>For somebody who watches. The reply is a <see cref="WatchBattleReply"/>.</summary>
    [Alias("Watch")]
    Task<Outcome> Watch(long player);

    /// <summary>A page of the replay, once the battle is over. The reply is a <see cref="ReadReplayReply"/>.</summary>
    /// <param name="page">From 0 on.</param>
    [Alias("ReadReplay")]
    Task<Outcome> ReadReplay(uint page);
}

/// <param name="Mode">Of the catalogue.</param>
/// <param name="Region">Where it is held; empty if that does not matter.</param>
[GenerateSerializer, Immutable, Alias("gb.BattleOrder")]
public sealed record BattleOrder(
    [property: Id(0)] string Mode,
    [property: Id(1)] string Region,
    [property: Id(2)] ImmutableArray<BattleEntrant> Entrants);

/// <summary>Somebody who fights, as of the moment in which the player was ready.</summary>
/// <param name="PlayerId">0 for a bot.</param>
/// <param name="Stats">An encoded <see cref="Protocol.Stats"/>.</param>
/// <param name="Rating">
/// In the mode, before the battle; with <paramref name="Deviation"/> 0 the player is unrated.
/// </param>
[GenerateSerializer, Immutable, Alias("gb.BattleEntrant")]
public sealed record BattleEntrant(
    [property: Id(0)] long PlayerId,
    [property: Id(1)] string Name,
    [property: Id(2)] int Side,
    [property: Id(3)] string Role,
    [property: Id(4)] byte[] Stats,
    [property: Id(5)] double Rating,
    [property: Id(6)] double Deviation,
    [property: Id(7)] double Volatility);

/// <param name="Lane">Of the gateway; its lane for this battle.</param>
/// <param name="Players">Who fights and is connected there.</param>
/// <param name="Watched">Whether somebody watches there.</param>
[GenerateSerializer, Immutable, Alias("gb.BattleAttendance")]
public sealed record BattleAttendance(
    [property: Id(0)] string Lane,
    [property: Id(1)] BattlePresence[] Players,
    [property: Id(2)] bool Watched);

[GenerateSerializer, Immutable, Alias("gb.BattlePresence")]
public readonly record struct BattlePresence([property: Id(0)] long Player, [property: Id(1)] ulong Epoch);

/// <param name="Body">An encoded <see cref="BattleInput"/>.</param>
[GenerateSerializer, Immutable, Alias("gb.PlayerInput")]
public readonly record struct PlayerInput(
    [property: Id(0)] long Player, [property: Id(1)] ulong Epoch, [property: Id(2)] byte[] Body);

/// <param name="Error">Why it was not looked at.</param>
/// <param name="Refusal">Why it has no effect.</param>
/// <param name="Tick">The last tick that was made when it came.</param>
[GenerateSerializer, Immutable, Alias("gb.InputAnswer")]
public readonly record struct InputAnswer(
    [property: Id(0)] GameError Error, [property: Id(1)] InputRefusal Refusal, [property: Id(2)] uint Tick);
