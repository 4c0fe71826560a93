namespace GameBackend.Game;

/// <summary>Stats that can be added up without overflow; none is negative.</summary>
public readonly record struct StatBlock(long Health, long Attack, long Defence, long Speed)
{
    /// <summary>The largest single number in a catalogue. Sums of a player's parts stay far below overflow.</summary>
    public const long Limit = 1_000_000;

    public static StatBlock operator +(StatBlock a, StatBlock b) =>
        new(a.Health + b.Health, a.Attack + b.Attack, a.Defence + b.Defence, a.Speed + b.Speed);

    public static StatBlock operator *(StatBlock a, uint times) =>
        new(a.Health * times, a.Attack * times, a.Defence * times, a.Speed * times);

    public Stats ToStats() => new()
    {
        Health = Narrow(Health),
        Attack = Narrow(Attack),
        Defence = Narrow(Defence),
        Speed = Narrow(Speed),
    };

    private static int Narrow(long value) => (int)Math.Clamp(value, 0, int.MaxValue);
}
