using System.Collections.Frozen;

namespace GameBackend.Game;

/// <summary>The boards as they are written in JSON.</summary>
internal sealed record BoardEntry(
    string? Id,
    string? Mode,
    string? Score,
    string? Operator,
    long Limit,
    List<BoardRewardEntry?>? Rewards,
    long SeasonDays = 0);

internal sealed record BoardRewardEntry(long ThroughRank, GainsEntry? Gains);

/// <summary>Checks the boards: that their modes exist, and that their rewards can be sent as letters.</summary>
internal sealed class BoardBuilder(
    IReadOnlyDictionary<string, ModeDefinition> modes, GainsBuilder gains, CatalogueProblems problems)
{
    private const long Limit = 1_000_000;
    private const long SeasonLimit = 366;

    public FrozenDictionary<string, BoardDefinition> Build(List<BoardEntry?> entries) =>
        problems.ById("board", entries.OfType<BoardEntry>(), board => board.Id)
            .ToFrozenDictionary(pair => pair.Key, pair => BuildBoard(pair.Key, pair.Value));

    private BoardDefinition BuildBoard(string id, BoardEntry entry)
    {
        var owner = $"board '{id}'";
        var score = problems.Choose<BoardScore>(owner, "score", entry.Score);
        if (problems.Resolve(owner, "mode", entry.Mode, modes) is { Rated: false } && score == BoardScore.Rating)
            problems.Add($"{owner}: mode '{entry.Mode}' has no ratings");
        var rewards = (entry.Rewards ?? []).OfType<BoardRewardEntry>()
            .Select(reward => BuildReward(owner, reward)).ToArray();
        for (var i = 1; i < rewards.Length; i++)
        {
            if (rewards[i].ThroughRank <= rewards[i - 1].ThroughRank) problems.Add($"{owner}: rewards are not by rank");
        }

        return new BoardDefinition(
            id,
            problems.Choose<BoardOperator>(owner, "operator", entry.Operator),
            (int)problems.InRange(owner, "seasonDays", entry.SeasonDays, 0, SeasonLimit),
            (int)problems.InRange(owner, "limit", entry.Limit, 1, Limit),
            [.. rewards],
            entry.Mode ?? "",
            score);
    }

    private BoardReward BuildReward(string owner, BoardRewardEntry entry)
    {
        var built = entry.Gains is null ? Gains.Nothing : gains.Build($"{owner} reward", entry.Gains);
        if (built.Experience > 0 || !built.Pets.IsEmpty || entry.Gains?.BagSlots > 0)
            problems.Add($"{owner}: a reward is of currencies and items");
        return new BoardReward((int)problems.InRange(owner, "throughRank", entry.ThroughRank, 1, Limit), built);
    }
}
