namespace GameBackend.Grains.Interfaces;

/// <summary>Finds players by their display names, in any case. One grain, key 0.</summary>
[Alias("gb.PlayerSearch")]
public interface IPlayerSearchGrain : IGrainWithIntegerKey
{
    /// <returns>The player's id; null if nobody is called so.</returns>
    [Alias("ByName")]
    Task<long?> ByName(string name);
}
