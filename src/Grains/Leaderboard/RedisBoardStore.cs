using System.Globalization;
using GameBackend.Game;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GameBackend.Grains.Leaderboard;

/// <summary>
/// Seasons as sorted sets of Redis. Of equal scores the lexicographically larger member is the better one, so a member
/// begins with a number that falls from change to change: whoever was there first stays before the others.
/// </summary>
public sealed class RedisBoardStore(IConnectionMultiplexer redis, IOptions<ClusterOptions> cluster) : IBoardStore
{
    private readonly IDatabase _database = redis.GetDatabase();
    private readonly string _prefix = $"{cluster.Value.ServiceId}:board:";

    public Task Submit(string season, BoardDefinition board, BoardSubmission submission)
    {
        ArgumentException.ThrowIfNullOrEmpty(submission.Id);
        if (submission.Id.Contains(' '))
            throw new ArgumentException("A submission's id has no spaces.", nameof(submission));
        RedisValue[] values =
        [
            Number(submission.Player), submission.Id,
            Math.Clamp(submission.Score, -LeaderboardRules.ScoreLimit, LeaderboardRules.ScoreLimit),
            board.Operator.ToString(), board.Limit, submission.Name, LeaderboardRules.ScoreLimit,
            BoardStores.CountedKept,
        ];
        return _database.ScriptEvaluateAsync(RedisBoardScripts.Submit, Keys(season), values);
    }

    public async Task<bool> Knows(string season, BoardDefinition board, long player, string submissionId)
    {
        var counted = (string?)await _database.HashGetAsync(Keys(season)[3], Number(player)).ConfigureAwait(false);
        return counted?.Split(' ').Contains(submissionId) ?? false;
    }

    public async Task<(int Players, IReadOnlyList<BoardRow> Rows)> Read(
        string season, BoardDefinition board, int fromRank, int count)
    {
        var reply = await _database.ScriptEvaluateAsync(
            RedisBoardScripts.Read, Keys(season), [fromRank - 1, fromRank + count - 2]).ConfigureAwait(false);
        return ((int)reply[0], Rows(reply, 1));
    }

    public async Task<IReadOnlyList<BoardRow>> Find(string season, BoardDefinition board, IReadOnlyList<long> players)
    {
        var reply = await _database.ScriptEvaluateAsync(
            RedisBoardScripts.Find, Keys(season), [.. players.Distinct().Select(Number)]).ConfigureAwait(false);
        return [.. Rows(reply, 0).OrderBy(row => row.Rank)];
    }

    public Task Delete(string season) => _database.KeyDeleteAsync(Keys(season));

    // The name is the hash tag of all keys, so that a script finds them in one slot of a Redis cluster.
    private RedisKey[] Keys(string season)
    {
        var name = $"{_prefix}{{{season}}}";
        return [name, $"{name}:places", $"{name}:names", $"{name}:counted"];
    }

    private static BoardRow[] Rows(RedisResult reply, int from)
    {
        var rows = new BoardRow[(reply.Length - from) / 4];
        for (var i = 0; i < rows.Length; i++)
        {
            var at = from + (4 * i);
            rows[i] = new BoardRow(
                (int)reply[at] + 1,
                long.Parse((string)reply[at + 1]!, CultureInfo.InvariantCulture),
                (string)reply[at + 2]! ?? "",
                long.Parse((string)reply[at + 3]!, CultureInfo.InvariantCulture));
        }

        return rows;
    }

    private static RedisValue Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
