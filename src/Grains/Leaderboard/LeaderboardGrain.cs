using GameBackend.Game;
using GameBackend.Grains.Match;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Leaderboard;

/// <summary>
/// A board: counts in the running season, and brings those to an end that are over. The scores are in the store; this
/// grain is the only one that works on them.
/// </summary>
[GrainType("leaderboard"), Role(Roles.Match)]
public sealed partial class LeaderboardGrain(
    [PersistentState("leaderboard", "Default")] IPersistentState<BoardRecord> storage,
    IBoardStore store,
    Catalogue catalogue,
    TimeProvider time,
    IOptions<MatchOptions> options,
    ILogger<LeaderboardGrain> logger) : Grain, ILeaderboardGrain
{
    /// <summary>Seasons that are over and can still be read.</summary>
    public const uint SeasonsKept = 6;

    private BoardDefinition? _board;

    private string Id => this.GetPrimaryKeyString();

    private BoardDefinition Board => _board ?? throw new InvalidOperationException($"There is no board '{Id}'.");

    private BoardRecord Record => storage.State;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (catalogue.Boards.TryGetValue(Id, out _board))
            TendSoon();
        return Task.CompletedTask;
    }

    public Task Keep() => Task.CompletedTask;

    public async Task Submit(string submissionId, long playerId, string name, long score)
    {
        await Roll();
        // One that is repeated after a season's end belongs to that season.
        if (LeaderboardRules.IsYoung(Board, Record.Season, NowMs)
            && await Try(() => store.Knows(Name(Record.Season - 1), Board, playerId, submissionId)))
            return;
        await Try(async () =>
        {
            await store.Submit(Name(Record.Season), Board, new BoardSubmission(submissionId, playerId, name, score));
            return true;
        });
    }

    public async Task<Outcome> Read(long playerId, uint season, uint fromRank, uint count)
    {
        var error = LeaderboardRules.PageOf(fromRank, count, out var from, out var length);
        if (error != GameError.Ok)
            return Outcome.Refused(error);
        await Roll();
        var asked = season == 0 ? Record.Season : season;
        return asked > Record.Season || asked + SeasonsKept < Record.Season
            ? Outcome.Refused(GameError.SeasonUnknown)
            : await Page(playerId, asked, from, length);
    }

    public async Task<Outcome> ReadAround(long playerId, uint count)
    {
        var error = LeaderboardRules.AroundOf(1, count, out _, out _);
        if (error != GameError.Ok)
            return Outcome.Refused(error);
        await Roll();
        if (await Find(playerId, Record.Season) is not { } own)
            return await Page(playerId, Record.Season, 1, 0);
        LeaderboardRules.AroundOf(own.Rank, count, out var from, out var length);
        return await Page(playerId, Record.Season, from, length);
    }

    public async Task<Outcome> ReadAmong(long playerId, long[] others)
    {
        await Roll();
        var name = Name(Record.Season);
        var rows = await Try(() => store.Find(name, Board, [playerId, .. others]));
        var (players, _) = await Try(() => store.Read(name, Board, 1, 1));
        return Reply(playerId, Record.Season, players, rows, rows);
    }

    private async Task<Outcome> Page(long playerId, uint season, int from, int length)
    {
        var (players, rows) = await Try(() => store.Read(Name(season), Board, from, Math.Max(1, length)));
        var own = await Try(() => store.Find(Name(season), Board, [playerId]));
        return Reply(playerId, season, players, length == 0 ? [] : rows, own);
    }

    private async Task<BoardRow?> Find(long playerId, uint season)
    {
        var found = await Try(() => store.Find(Name(season), Board, [playerId]));
        return found.Count == 0 ? null : found[0];
    }

    private Outcome Reply(long playerId, uint season, int players, IEnumerable<BoardRow> rows,
        IEnumerable<BoardRow> known)
    {
        var ends = LeaderboardRules.EndsAtMs(Board, season);
        var reply = new LeaderboardReply
        {
            Board = Id,
            Season = season,
            SeasonEndsAtMs = ends == long.MaxValue ? 0 : ends,
            Players = (uint)players,
            Own = known.Where(row => row.Player == playerId).Select(View).FirstOrDefault(),
        };
        reply.Entries.AddRange(rows.Select(View));
        return Outcome.Of(reply);
    }

    private string Name(uint season) => $"{Id}/{season}";

    private static LeaderboardEntry View(BoardRow row) => new()
    {
        Rank = (uint)row.Rank,
        PlayerId = (ulong)row.Player,
        Name = row.Name,
        Score = row.Score,
    };

    private async Task Save()
    {
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"The board {Id} was not saved.", e);
        }
    }

    /// <summary>Storage's own exceptions do not travel.</summary>
    private async Task<T> Try<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"The scores of board {Id} cannot be had now.", e);
        }
    }
}
