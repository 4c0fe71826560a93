namespace GameBackend.Game;

/// <summary>A catalogue that cannot be used, with everything that is wrong with it.</summary>
public sealed class CatalogueException(IReadOnlyList<string> problems)
    : Exception($"The catalogue has {problems.Count} problem(s):\n- {string.Join("\n- ", problems)}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
