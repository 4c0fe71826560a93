using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Player;

/// <summary>
/// The player's battles. They run in grains of their own, to which this is the fence; what they bring is counted here.
/// The last ones stand in the record; all of them, up to a bound, in a log of which number n is the player's nth
/// battle.
/// </summary>
public sealed partial class PlayerGrain
{
    /// <summary>Battles that a player can look back at.</summary>
    private const ulong BattlesKept = 500;

    private static readonly uint BattleSettledOp = Opcodes.OfPush<BattleSettled>().Op;

    /// <summary>How far the log of battles reaches; null until it was asked.</summary>
    private ulong? _battlesLogged;

    private string BattlesLog => $"battles/{PlayerId}";

    private BattleStanding Standing => Record.Battles ??= new BattleStanding();

    public Task<Outcome> JoinBattle(Caller caller, long battle) => AskBattle(caller, battle, async found =>
    {
        var outcome = await found.Join(PlayerId, caller.Epoch);
        if (outcome.Error == GameError.Ok && !_inBattle)
            await InBattle(true);
        return outcome;
    });

    public Task<Outcome> LeaveBattle(Caller caller, long battle) =>
        AskBattle(caller, battle, found => found.Leave(PlayerId, caller.Epoch));

    public Task<Outcome> VoteSurrender(Caller caller, long battle, bool forIt) =>
        AskBattle(caller, battle, found => found.VoteSurrender(PlayerId, caller.Epoch, forIt));

    public async Task<Outcome> GetRatings(Caller caller, long player)
    {
        await _saving;
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        if (player == 0 || player == PlayerId)
            return Outcome.Of(StandingRules.Ratings(Standing, NowMs));
        return await GrainFactory.GetGrain<IPlayerBattles>(player).Ratings() is { } ratings
            ? new Outcome(GameError.Ok, ratings)
            : Outcome.Refused(GameError.PlayerNotFound);
    }

    public async Task<byte[]?> Ratings() =>
        await ExistsForOthers() ? StandingRules.Ratings(Standing, NowMs).ToByteArray() : null;

    public async Task<Outcome> ReadBattleHistory(Caller caller, ulong beforeSeq, uint count)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var request = new ReadBattleHistoryRequest { BeforeSeq = beforeSeq, Count = count };
        var error = StandingRules.ReadHistory(Standing, request, out var reply);
        if (error != GameError.Ok)
            return Outcome.Refused(error);
        await ArchiveBattles();
        var page = await ReadBattles(request);
        StandingRules.ReadHistory(page, request, out reply);
        return Outcome.Of(reply);
    }

    public async Task Settle(byte[] settlement)
    {
        var settled = BattleSettlement.Parser.ParseFrom(settlement);
        if (!StandingRules.IsSettled(Standing, settled.BattleId))
            await Count(settled);
        // Also for one that was counted before: what follows may have been cut off.
        await Membership.Release(MembershipKind.Battle, (long)settled.BattleId);
        await InBattle(false);
    }

    private async Task Count(BattleSettlement settled)
    {
        if (!PlayerRules.Exists(State))
            throw new InvalidOperationException($"A battle of player {PlayerId}, who does not exist.");
        // Before an entry of the record makes room for this one.
        await ArchiveBattles();
        var act = new Act($"battle/{settled.BattleId:x}", NowMs);
        var decision = RewardRules.Grant(State, catalogue, act, settled, out var rest);
        if (!ValueRules.IsEmpty(rest))
        {
            Depart(rest, RewardRules.Reason, ValueReceivers.Letters, PlayerId, null);
            await KeepReminder();
        }

        StandingRules.Settle(Standing, settled);
        Tell(decision);
        Record.Outbox.Add(new PendingPush
        {
            MessageId = $"battle/{settled.BattleId:x}",
            Op = BattleSettledOp,
            Body = new BattleSettled { Entry = StandingRules.View(Standing.History[0]) }.ToByteString(),
        });
        await Commit();
        await PostOutbox(PostKind.Change);
        await ArchiveLedger();
        DeliverSoon();
    }

    /// <summary>
    /// Passes a request on to a battle. Requests of this player go on meanwhile: a battle may be on its way to another
    /// silo.
    /// </summary>
    private async Task<Outcome> AskBattle(Caller caller, long battle, Func<IBattleGrain, Task<Outcome>> ask)
    {
        await _saving;
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var id = battle != 0 ? battle : await Membership.Get() is { Queue: "", Battle: var current } ? current : 0;
        if (id == 0)
            return Outcome.Refused(GameError.BattleNotIn);
        var outcome = await ask(GrainFactory.GetGrain<IBattleGrain>(id));
        // The player's match is on, and its battle has not been opened yet: it will be in a moment.
        return outcome.Error == GameError.BattleNotFound && await Membership.Get() is { Queue: "", Battle: var own }
            && own == id
            ? Outcome.Refused(GameError.Unavailable)
            : outcome;
    }

    /// <summary>Writes the record's battles into the log as well, those that are not in it yet.</summary>
    private async Task ArchiveBattles()
    {
        try
        {
            _battlesLogged ??= (await logs.Open(BattlesLog)).Head;
            foreach (var settled in Standing.History.Reverse().Where(each => each.Seq > _battlesLogged).ToArray())
            {
                var id = $"{settled.Settlement.BattleId:x}";
                _battlesLogged = (await logs.Append(BattlesLog, settled.Seq, id, settled.ToByteArray())).Seq;
                if (settled.Seq > BattlesKept)
                    await logs.Trim(BattlesLog, settled.Seq - BattlesKept);
            }
        }
        catch (Exception e)
        {
            _battlesLogged = null;
            throw new OutcomeUnknownException($"The battles of player {PlayerId} cannot be kept now.", e);
        }
    }

    /// <summary>The part of the history that a page needs, with one more entry if there is one.</summary>
    private async Task<BattleStanding> ReadBattles(ReadBattleHistoryRequest request)
    {
        var last = request.BeforeSeq == 0 ? Standing.Settled : Math.Min(request.BeforeSeq - 1, Standing.Settled);
        var count = Math.Min(StandingRules.PageOf(request) + 1UL, last);
        var page = new BattleStanding();
        if (count == 0)
            return page;
        try
        {
            foreach (var entry in (await logs.Read(BattlesLog, last - count + 1, (int)count)).Reverse())
            {
                if (entry.Seq <= last)
                    page.History.Add(SettledBattle.Parser.ParseFrom(entry.Item));
            }
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"The battles of player {PlayerId} cannot be read now.", e);
        }

        return page;
    }
}
