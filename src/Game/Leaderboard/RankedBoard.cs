namespace GameBackend.Game;

/// <param name="SinceSeq">When the score was reached, in the order of changes: of equals the first is better.</param>
public readonly record struct RankedScore(ulong Player, long Score, long SinceSeq);

/// <summary>
/// Scores in order, in memory. The best come first; finding a rank, and the one at a rank, costs the square root of the
/// number of players, since they are kept in blocks.
/// </summary>
public sealed class RankedBoard
{
    private const int BlockLimit = 512;

    private readonly List<List<RankedScore>> _blocks = [];
    private readonly Dictionary<ulong, RankedScore> _players = [];
    private readonly int _limit;
    private long _seq;

    /// <param name="limit">How many are kept.</param>
    public RankedBoard(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _limit = limit;
    }

    public int Count => _players.Count;

    /// <inheritdoc cref="Submit(ulong, BoardOperator, long, out ulong?)"/>
    public long Submit(ulong player, BoardOperator op, long score) => Submit(player, op, score, out _);

    /// <summary>Takes a score in. If the board is full the worst one leaves, who may be this one.</summary>
    /// <param name="gone">Who has left.</param>
    /// <returns>The score that the player has now.</returns>
    public long Submit(ulong player, BoardOperator op, long score, out ulong? gone)
    {
        gone = null;
        long? before = _players.TryGetValue(player, out var old) ? old.Score : null;
        var after = LeaderboardRules.Apply(op, before, score);
        if (before == after) return after;
        if (before is not null) Remove(player);
        Insert(new RankedScore(player, after, ++_seq));
        gone = Shrink();
        return after;
    }

    /// <summary>Puts a score in as it was saved.</summary>
    /// <returns>Who has left for it.</returns>
    public ulong? Restore(RankedScore saved)
    {
        Remove(saved.Player);
        Insert(saved);
        _seq = Math.Max(_seq, saved.SinceSeq);
        return Shrink();
    }

    public bool Remove(ulong player)
    {
        if (!_players.Remove(player, out var score)) return false;
        var block = BlockOf(score);
        var list = _blocks[block];
        list.RemoveAt(list.BinarySearch(score, BestFirst.Instance));
        if (list.Count == 0) _blocks.RemoveAt(block);
        return true;
    }

    /// <summary>1 is best; 0 for a player without a score.</summary>
    public int RankOf(ulong player)
    {
        if (!_players.TryGetValue(player, out var score)) return 0;
        var block = BlockOf(score);
        var rank = 1;
        for (var i = 0; i < block; i++) rank += _blocks[i].Count;
        return rank + _blocks[block].BinarySearch(score, BestFirst.Instance);
    }

    public RankedScore? ScoreOf(ulong player) => _players.TryGetValue(player, out var score) ? score : null;

    /// <summary>The scores from a rank on.</summary>
    public IEnumerable<(int Rank, RankedScore Score)> Read(int fromRank, int count)
    {
        var rank = 1;
        foreach (var block in _blocks)
        {
            if (rank + block.Count <= fromRank)
            {
                rank += block.Count;
                continue;
            }

            foreach (var score in block)
            {
                if (rank >= fromRank && count-- > 0) yield return (rank, score);
                if (count <= 0) yield break;
                rank++;
            }
        }
    }

    /// <summary>Some players, such as friends, the best first, with their ranks among all.</summary>
    public IReadOnlyList<(int Rank, RankedScore Score)> ReadAmong(IEnumerable<ulong> players) =>
    [
        .. players.Distinct().Where(_players.ContainsKey).Select(player => (Rank: RankOf(player), _players[player]))
            .OrderBy(entry => entry.Rank),
    ];

    private ulong? Shrink()
    {
        if (Count <= _limit) return null;
        var worst = _blocks[^1][^1].Player;
        Remove(worst);
        return worst;
    }

    private void Insert(RankedScore score)
    {
        _players.Add(score.Player, score);
        if (_blocks.Count == 0) _blocks.Add([]);
        var index = BlockOf(score);
        var block = _blocks[index];
        block.Insert(~block.BinarySearch(score, BestFirst.Instance), score);
        if (block.Count <= BlockLimit) return;
        _blocks.Insert(index + 1, block.GetRange(BlockLimit / 2, block.Count - (BlockLimit / 2)));
        block.RemoveRange(BlockLimit / 2, block.Count - (BlockLimit / 2));
    }

    /// <summary>The first block whose last one is not better; the last block if there is none.</summary>
    private int BlockOf(RankedScore score)
    {
        var (low, high) = (0, _blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (BestFirst.Instance.Compare(_blocks[middle][^1], score) >= 0) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private sealed class BestFirst : IComparer<RankedScore>
    {
        public static BestFirst Instance { get; } = new();

        public int Compare(RankedScore x, RankedScore y)
        {
            var byScore = y.Score.CompareTo(x.Score);
            return byScore != 0 ? byScore : x.SinceSeq.CompareTo(y.SinceSeq);
        }
    }
}
