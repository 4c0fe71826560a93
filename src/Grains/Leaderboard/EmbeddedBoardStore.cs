using System.Collections.Concurrent;
using GameBackend.Game;
using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Leaderboard;

/// <summary>Seasons in memory, each with a journal in the embedded store.</summary>
public sealed class EmbeddedBoardStore(ILogStore logs) : IBoardStore
{
    private readonly ConcurrentDictionary<string, Season> _seasons = new();

    public async Task Submit(string season, BoardDefinition board, BoardSubmission submission)
    {
        var found = await Open(season, board);
        try
        {
            await found.Submit(board.Operator, submission);
        }
        catch
        {
            // What is in memory may not be on disk: the next who asks loads what is.
            _seasons.TryRemove(season, out _);
            throw;
        }
    }

    public async Task<bool> Knows(string season, BoardDefinition board, long player, string submissionId) =>
        (await Open(season, board)).PlaceOf(player)?.Counted.Contains(submissionId) ?? false;

    public async Task<(int Players, IReadOnlyList<BoardRow> Rows)> Read(
        string season, BoardDefinition board, int fromRank, int count)
    {
        var found = await Open(season, board);
        return (found.Ranked.Count, [.. found.Ranked.Read(fromRank, count).Select(found.Row)]);
    }

    public async Task<IReadOnlyList<BoardRow>> Find(string season, BoardDefinition board, IReadOnlyList<long> players)
    {
        var found = await Open(season, board);
        return [.. found.Ranked.ReadAmong(players.Select(player => (ulong)player)).Select(found.Row)];
    }

    public Task Delete(string season)
    {
        _seasons.TryRemove(season, out _);
        return logs.Delete(LogOf(season));
    }

    private async Task<Season> Open(string season, BoardDefinition board)
    {
        if (_seasons.TryGetValue(season, out var open))
            return open;
        open = new Season(logs, LogOf(season), board.Limit);
        await open.Load();
        return _seasons[season] = open;
    }

    private static string LogOf(string season) => $"board/{season}";

    private sealed class Season
    {
        private readonly Dictionary<ulong, BoardPlace> _places = [];
        private readonly Journal<BoardChange> _journal;

        public Season(ILogStore logs, string log, int limit)
        {
            Ranked = new RankedBoard(limit);
            _journal = new Journal<BoardChange>(logs, log, () => new BoardChange { Places = { _places.Values } });
        }

        public RankedBoard Ranked { get; }

        public BoardPlace? PlaceOf(long player) => _places.GetValueOrDefault((ulong)player);

        public BoardRow Row((int Rank, RankedScore Score) found) => new(
            found.Rank, (long)found.Score.Player, _places[found.Score.Player].Name, found.Score.Score);

        public async Task Load()
        {
            foreach (var place in (await _journal.Open()).SelectMany(change => change.Places))
            {
                _places[place.PlayerId] = place;
                Forget(Ranked.Restore(new RankedScore(place.PlayerId, place.Score, place.SinceSeq)));
            }
        }

        public Task Submit(BoardOperator op, BoardSubmission submission)
        {
            var player = (ulong)submission.Player;
            var place = _places.GetValueOrDefault(player) ?? new BoardPlace { PlayerId = player };
            if (place.Counted.Contains(submission.Id))
                return _journal.Written();
            place.Score = Ranked.Submit(player, op, submission.Score, out var gone);
            place.SinceSeq = Ranked.ScoreOf(player)?.SinceSeq ?? 0;
            place.Name = submission.Name;
            place.Counted.Add(submission.Id);
            while (place.Counted.Count > BoardStores.CountedKept)
                place.Counted.RemoveAt(0);
            _places[player] = place;
            Forget(gone);
            // Whoever has no place has nothing to be saved.
            return gone == player ? _journal.Written() : _journal.Write(new BoardChange { Places = { place.Clone() } });
        }

        private void Forget(ulong? player)
        {
            if (player is { } gone)
                _places.Remove(gone);
        }
    }
}
