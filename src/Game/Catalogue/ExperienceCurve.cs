using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>How much experience each level asks for.</summary>
/// <param name="Needs">What levels 1, 2, 3, … ask for. The level after the last of them asks for nothing.</param>
public sealed record ExperienceCurve(string Id, ImmutableArray<ulong> Needs)
{
    public uint LastLevel => (uint)Needs.Length + 1;

    /// <summary>The experience that the level asks for; 0 at the last level and beyond.</summary>
    public ulong ToNext(uint level) => level >= LastLevel ? 0 : Needs[(int)Math.Max(level, 1) - 1];

    /// <summary>The experience that is still missing until the last level.</summary>
    public ulong ToLast(uint level, ulong experience)
    {
        ulong sum = 0;
        for (var at = Math.Max(level, 1); at < LastLevel; at++) sum += ToNext(at);
        return sum > experience ? sum - experience : 0;
    }

    /// <summary>Adds experience. What is gained beyond the last level is lost.</summary>
    /// <returns>The level, and the experience since its start.</returns>
    public (uint Level, ulong Experience) Advance(uint level, ulong experience, ulong gained)
    {
        level = Math.Max(level, 1);
        experience += Math.Min(gained, ToLast(level, experience));
        while (level < LastLevel && experience >= ToNext(level))
        {
            experience -= ToNext(level);
            level++;
        }

        return (level, level < LastLevel ? experience : 0);
    }

    /// <summary>
    /// How many of <paramref name="count"/> portions are of any use before the last level is reached. At least one:
    /// where a curve was lowered below the experience that is there, it takes a portion to move on.
    /// </summary>
    public uint Useful(uint count, ulong portion, uint level, ulong experience)
    {
        var missing = ToLast(level, experience);
        var needed = (missing / portion) + (missing % portion == 0 ? 0UL : 1UL);
        return (uint)Math.Min(count, Math.Max(needed, 1));
    }
}
