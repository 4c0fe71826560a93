using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Battle;

/// <summary>
/// What is owed when a battle is over: each player's settlement, which is repeated until the player's grain has taken
/// it. It follows from what is saved, so that a repetition is the same. The pump runs between requests.
/// </summary>
public sealed partial class BattleGrain
{
    /// <summary>Larger pages would come near to what an envelope may have.</summary>
    private const int ReplayPageBytes = 32 * 1024;

    private IGrainTimer? _settling;
    private bool _pumping;
    private List<byte[]>? _replayPages;

    public async Task<Outcome> ReadReplay(uint page)
    {
        if (!Exists)
            return Outcome.Refused(NotHere());
        if (!IsOver)
            return Outcome.Refused(GameError.BattleRunning);
        var pages = _replayPages ??= await ReadPages();
        if (page >= pages.Count)
            return Outcome.Refused(GameError.PageInvalid);
        return Outcome.Of(new ReadReplayReply
        {
            Setup = Record.Setup.ToByteString(),
            Log = ByteString.CopyFrom(pages[(int)page]),
            Pages = (uint)pages.Count,
            Ticks = Record.Ticks,
            FinalHash = Record.Result.StateHash,
            Result = Record.Result,
        });
    }

    /// <summary>
    /// Wakes a battle whose silo has died while nobody asked for it, and forgets one that has long been over.
    /// </summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (Exists && (!IsOver || Record.Unsettled.Count > 0))
        {
            SettleSoon();
            return;
        }

        if (Exists && NowMs - Record.EndedAtMs < (long)Options.ReplayKeptFor.TotalMilliseconds)
            return;
        await logs.Delete(_log);
        await storage.ClearStateAsync();
        if (await this.GetReminder(WakeReminder) is { } reminder)
            await this.UnregisterReminder(reminder);
        DeactivateOnIdle();
    }

    private async Task<List<byte[]>> ReadPages()
    {
        var (pages, page, from) = (new List<byte[]>(), new List<byte>(), 1UL);
        try
        {
            while (from <= Record.Parts && await logs.Read(_log, from, PartsRead) is { Count: > 0 } parts)
            {
                foreach (var part in parts)
                    page.AddRange(part.Item);
                from = parts[^1].Seq + 1;
            }
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"The replay of battle {Id:x} cannot be read now.", e);
        }

        var bytes = page.ToArray();
        for (var at = 0; at < bytes.Length || pages.Count == 0; at += ReplayPageBytes)
            pages.Add(bytes[at..Math.Min(bytes.Length, at + ReplayPageBytes)]);
        return pages;
    }

    private void SettleSoon()
    {
        if (!IsOver || _settling is not null || Record.Unsettled.Count == 0)
            return;
        _settling = this.RegisterGrainTimer(Settle, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.Zero,
            Period = Options.SettleEvery,
            Interleave = true,
            KeepAlive = true,
        });
    }

    private async Task Settle()
    {
        if (_pumping)
            return;
        _pumping = true;
        try
        {
            var done = await Task.WhenAll(Settlements().Where(each => Record.Unsettled.Contains(each.PlayerId))
                .Select(Settle));
            foreach (var player in done.Where(player => player != 0))
                Record.Unsettled.Remove(player);
            if (Array.Exists(done, player => player != 0))
                await storage.WriteStateAsync();
            if (Record.Unsettled.Count == 0)
                await Rest();
        }
        catch (Exception e)
        {
            // Memory may have run ahead of storage: the next activation repeats what was not noted.
            LogSettlingOpen(e, Id);
            DeactivateOnIdle();
        }
        finally
        {
            _pumping = false;
        }
    }

    private IReadOnlyList<BattleSettlement> Settlements()
    {
        if (Record.Result.Reason == BattleEndReason.Voided)
            return SettlementRules.Void(Record.Setup, Record.Result, Record.EndedAtMs);
        var ratings = new Dictionary<ulong, Rating>();
        for (var i = 0; i < Record.Setup.Seats.Count; i++)
        {
            var (player, rating) = (Record.Setup.Seats[i].PlayerId, Record.Ratings[i]);
            if (player != 0 && rating.Deviation > 0)
                ratings[player] = new Rating(rating.Value, rating.Deviation, rating.Volatility);
        }

        return SettlementRules.Settle(
            BattleRules.Of(catalogue, Record.Setup).Mode, Record.Setup, Record.Result, ratings, Record.EndedAtMs);
    }

    /// <returns>The player, or 0 if it has to be tried again.</returns>
    private async Task<ulong> Settle(BattleSettlement settlement)
    {
        try
        {
            await GrainFactory.GetGrain<IPlayerBattles>((long)settlement.PlayerId).Settle(settlement.ToByteArray());
            await Submit(settlement);
            return settlement.PlayerId;
        }
        catch (Exception e)
        {
            LogSettlingOpen(e, Id);
            return 0;
        }
    }

    private async Task Submit(BattleSettlement settlement)
    {
        var name = Record.Setup.Seats.First(seat => seat.PlayerId == settlement.PlayerId).Name;
        foreach (var board in catalogue.Boards.Values)
        {
            if (LeaderboardRules.ScoreOf(board, settlement) is { } score)
            {
                await GrainFactory.GetGrain<ILeaderboardGrain>(board.Id).Submit(
                    $"battle/{Id:x}/{settlement.PlayerId:x}", (long)settlement.PlayerId, name, score);
            }
        }
    }

    /// <summary>All is done; what is left is to be looked at for a while.</summary>
    private async Task Rest()
    {
        _settling?.Dispose();
        _settling = null;
        await this.RegisterOrUpdateReminder(WakeReminder, Options.ReplayKeptFor, Options.ReplayKeptFor);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A settlement of battle {BattleId} is still open")]
    private partial void LogSettlingOpen(Exception exception, long battleId);
}
