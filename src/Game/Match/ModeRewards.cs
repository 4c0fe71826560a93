using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>What a battle of a mode gives to those who stay to its end.</summary>
/// <param name="Drops">Each is won or not for itself.</param>
public sealed record ModeRewards(Gains Win, Gains Draw, Gains Loss, ImmutableArray<RewardDrop> Drops)
{
    public static ModeRewards Nothing { get; } = new(Gains.Nothing, Gains.Nothing, Gains.Nothing, []);
}

/// <param name="Permille">How likely a winner finds it; anybody else half as likely.</param>
public readonly record struct RewardDrop(string Item, int Permille);
