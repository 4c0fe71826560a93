using GameBackend.Game;

namespace GameBackend.Grains.Player;

/// <summary>Knows how names are written in the keys of their grains.</summary>
[GrainType("player-search"), StatelessWorker]
public sealed class PlayerSearchGrain : Grain, IPlayerSearchGrain
{
    public Task<long?> ByName(string name) =>
        GrainFactory.GetGrain<INameGrain>($"player/{PlayerRules.FoldName(name)}").Owner();
}
