namespace GameBackend.Grains.Interfaces;

/// <summary>What a battle tells a gateway in one tick: one message, whoever listens there.</summary>
/// <param name="Life">Grows when the battle had to be started again elsewhere, and its ticks may go back.</param>
/// <param name="SentUs">When, in microseconds since 1970-01-01 UTC.</param>
/// <param name="Moving">The battle stops here and goes on elsewhere: whoever attends it should do so at once.</param>
[GenerateSerializer, Immutable, Alias("gb.BattleFrame")]
public sealed record BattleFrame(
    [property: Id(0)] long Battle,
    [property: Id(1)] ulong Life,
    [property: Id(2)] BattlePart[] Parts,
    [property: Id(3)] bool Moving = false,
    [property: Id(4)] long SentUs = 0);

/// <summary>A snapshot for one group.</summary>
/// <param name="Group">A side, or <see cref="Watchers"/>.</param>
/// <param name="BaseTick">The tick of the baseline that it builds on; of a baseline its own tick.</param>
/// <param name="Body">An encoded <see cref="BattleSnapshot"/>.</param>
[GenerateSerializer, Immutable, Alias("gb.BattlePart")]
public readonly record struct BattlePart(
    [property: Id(0)] int Group,
    [property: Id(1)] uint Tick,
    [property: Id(2)] uint BaseTick,
    [property: Id(3)] byte[] Body)
{
    public const int Watchers = 255;
}
