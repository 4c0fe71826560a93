namespace GameBackend.Game;

/// <summary>Level and experience in a draft.</summary>
internal sealed class ProgressDraft(PlayerState state, ExperienceCurve curve)
{
    public uint Level { get; private set; } = Math.Max(state.Level, 1);

    public ulong Experience { get; private set; } = state.Experience;

    public bool AtLastLevel => Level >= curve.LastLevel;

    public void Gain(ulong experience)
    {
        if (experience > 0) (Level, Experience) = curve.Advance(Level, Experience, experience);
    }

    /// <summary>
    /// How many of <paramref name="count"/> portions are of any use before the last level is reached.
    /// </summary>
    public uint Useful(uint count, ulong portion) => curve.Useful(count, portion, Level, Experience);

    public void Commit(PlayerChanged change)
    {
        if (Level != state.Level)
        {
            change.Level = state.Level = Level;
            change.ExperienceToNext = curve.ToNext(Level);
        }

        if (Experience != state.Experience) change.Experience = state.Experience = Experience;
    }
}
