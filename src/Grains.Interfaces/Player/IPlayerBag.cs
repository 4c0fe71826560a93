namespace GameBackend.Grains.Interfaces;

/// <summary>What a player carries. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerBag")]
public interface IPlayerBag : IGrainWithIntegerKey
{
    [Alias("Move")]
    Task<Outcome> Move(Caller caller, uint from, uint to);

    [Alias("Split")]
    Task<Outcome> Split(Caller caller, uint from, uint to, uint count);

    [Alias("Use")]
    Task<Outcome> Use(Caller caller, uint slot, uint count);

    [Alias("Sell")]
    Task<Outcome> Sell(Caller caller, uint slot, uint count);
}
