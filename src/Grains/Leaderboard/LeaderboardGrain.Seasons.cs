using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Leaderboard;

/// <summary>
/// The end of seasons. That one is over is written first; then, rank by rank, letters and pushes go out under names
/// that make them arrive once, and how far that has come is written after each page.
/// </summary>
public sealed partial class LeaderboardGrain
{
    private const int PageSize = 100;
    private static readonly TimeSpan PageEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RewardLasts = TimeSpan.FromDays(60);
    private static readonly uint SeasonEndedOp = Opcodes.OfPush<SeasonEnded>().Op;

    private IGrainTimer _tending = null!;

    private TimeSpan LookEvery => options.Value.KeepEvery;

    private void TendSoon() => _tending = this.RegisterGrainTimer(Tend, new GrainTimerCreationOptions
    {
        DueTime = TimeSpan.Zero,
        Period = LookEvery,
        KeepAlive = true,
    });

    private async Task Tend()
    {
        try
        {
            await Roll();
            if (Record.Closing.Count > 0)
                await ClosePage(Record.Closing[0]);
            // Requests come in between two pages.
            _tending.Change(Record.Closing.Count > 0 ? PageEvery : LookEvery, LookEvery);
        }
        catch (Exception e)
        {
            LogSeasonOpen(e, Id);
        }
    }

    /// <summary>Begins a new season, if it is time.</summary>
    private async Task Roll()
    {
        var season = LeaderboardRules.SeasonAt(Board, NowMs);
        if (season <= Record.Season)
            return;
        if (Record.Season != 0)
            Record.Closing.Add(new ClosingSeason { Season = Record.Season });
        Record.Season = season;
        await Save();
    }

    private async Task ClosePage(ClosingSeason closing)
    {
        var (_, rows) = await store.Read(Name(closing.Season), Board, (int)closing.ThroughRank + 1, PageSize);
        await Task.WhenAll(rows.Select(row => Honour(closing.Season, row)));
        closing.ThroughRank += (uint)rows.Count;
        if (rows.Count < PageSize)
        {
            if (closing.Season > SeasonsKept)
                await store.Delete(Name(closing.Season - SeasonsKept));
            Record.Closing.Remove(closing);
        }

        await Save();
    }

    private async Task Honour(uint season, BoardRow row)
    {
        if (LeaderboardRules.RewardOf(Board, row.Rank) is { } reward)
            await Reward(season, row, LeaderboardRules.ValueOf(reward).ToByteArray());
        var ended = new SeasonEnded { Board = Id, Season = season, Rank = (uint)row.Rank, Score = row.Score };
        await GrainFactory.GetGrain<IMailboxGrain>(row.Player).Post(
            $"season/{Id}/{season}", SeasonEndedOp, ended.ToByteArray(), PostKind.Change);
    }

    private async Task Reward(uint season, BoardRow row, byte[] gift)
    {
        var key = $"season/{Id}/{season}";
        var error = await GrainFactory.GetGrain<ILetterBoxGrain>(row.Player).TakeOperatorLetter(
            key, $"Season {season} of {Id}", $"You came in at rank {row.Rank}.", gift, time.GetUtcNow() + RewardLasts);
        // Letters of what is owed come in over the cap as well, and several if it is too much for one. A refusal is for
        // good, so this one cannot be doubled.
        if (error is GameError.LetterBoxFull or GameError.InvalidArgument)
        {
            error = (await GrainFactory.GetValueReceiver(ValueReceivers.Letters, row.Player).Receive(
                new ValueTransfer($"{key}/owed", gift, LeaderboardRules.RewardReason, 0, []))).Error;
        }

        if (error != GameError.Ok)
            LogNotRewarded(row.Player, Id, season, error);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A season of board {Board} is not closed yet")]
    private partial void LogSeasonOpen(Exception exception, string board);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Player {PlayerId} cannot be rewarded for season {Season} of board {Board}: {Error}")]
    private partial void LogNotRewarded(long playerId, string board, uint season, GameError error);
}
