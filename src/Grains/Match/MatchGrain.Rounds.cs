using System.Diagnostics;
using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Match;

/// <summary>
/// The rounds, and what follows from matches: players are asked, battles opened, and everybody told how it has ended. A
/// match stays in the book until that is done, so that a crash cuts nothing off.
/// </summary>
public sealed partial class MatchGrain
{
    private static readonly uint StartedOp = Opcodes.OfPush<ReadyCheckStarted>().Op;
    private static readonly uint EndedOp = Opcodes.OfPush<ReadyCheckEnded>().Op;

    private readonly HashSet<ulong> _settling = [];
    private readonly HashSet<ulong> _asked = [];

    private async Task Round()
    {
        // Timers still tick while an activation whose write has failed goes down.
        if (_journal.IsBroken)
        {
            DeactivateOnIdle();
            return;
        }

        var began = Stopwatch.GetTimestamp();
        var change = _book.Round(NowMs);
        metrics.RoundTime.Record(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        metrics.Waits(Key, _book.Waiting);
        if (change is not null)
        {
            Count(change);
            await Commit(change);
        }

        SettleSoon();
        LetGoSoon();
        TellWaiting();
    }

    private void LetGoSoon()
    {
        foreach (var ticket in _book.Leaving.Values.ToArray())
            LetGoAgain(ticket).Ignore();
    }

    private async Task LetGoAgain(StoredTicket ticket)
    {
        try
        {
            await _journal.Written();
            await LetGo(ticket);
        }
        catch (Exception e)
        {
            LogNotLetGo(e, ticket.Id, Key);
        }
    }

    private void Count(MatchQueueChange change)
    {
        var found = change.Checks.Where(check => check.State == StoredCheckState.Waiting).ToArray();
        if (found.Length == 0)
            return;
        metrics.Found(_book.Mode.Id, found.Length);
        foreach (var ticket in found.SelectMany(check => check.Tickets()))
            metrics.Waited.Record(Math.Max(0, NowMs - ticket.EnqueuedAtMs) / 1000.0);
    }

    private void SettleSoon()
    {
        foreach (var check in _book.Checks.Values)
        {
            if ((check.State != StoredCheckState.Waiting || !_asked.Contains(check.MatchId))
                && _settling.Add(check.MatchId))
                Settle(check).Ignore();
        }
    }

    private async Task Settle(StoredCheck check)
    {
        try
        {
            await _journal.Written();
            if (_asked.Add(check.MatchId))
                await Ask(check);
            // It may have been answered meanwhile, and what was answered may not be written yet.
            await _journal.Written();
            if (check.State == StoredCheckState.On)
                await Begin(check);
            else if (check.State == StoredCheckState.Off)
                await CallOff(check);
        }
        catch (Exception e)
        {
            // The next round goes on with it; what was done already does no harm a second time.
            if (check.State == StoredCheckState.Waiting)
                _asked.Remove(check.MatchId);
            LogUnsettled(e, check.MatchId, Key);
        }
        finally
        {
            _settling.Remove(check.MatchId);
        }
    }

    private Task Ask(StoredCheck check)
    {
        var started = Started(check);
        return TellAll(check, "started", StartedOp, (_, _) => started);
    }

    private async Task Begin(StoredCheck check)
    {
        var battle = (long)check.MatchId;
        await Task.WhenAll(check.Tickets().SelectMany(ticket => ticket.Members.Select(
            member => Membership((long)member.PlayerId).Pass(MembershipKind.Battle, (long)ticket.Id, battle))));
        await GrainFactory.GetGrain<IBattleGrain>(battle).Open(BattleOrders.Of(catalogue, _book.Mode, check));
        var ended = new ReadyCheckEnded
        {
            MatchId = check.MatchId,
            IsOn = true,
            BattleId = check.MatchId,
            Region = check.Region,
        };
        await TellAll(check, "ended", EndedOp, (_, _) => ended);
        await Close(check);
        metrics.Begun(_book.Mode.Id);
        Introduce(check);
    }

    private async Task CallOff(StoredCheck check)
    {
        var penalties = new Dictionary<ulong, long>();
        var gone = check.Tickets().Where(ticket => !check.WaitsOn(ticket)).ToArray();
        await Task.WhenAll(gone.SelectMany(
            ticket => ticket.Members.Select(member => LetGo(check, ticket.Id, member.PlayerId, penalties))));
        // Whoever has caused the end may have had no ticket in this match.
        var members = gone.SelectMany(ticket => ticket.Members).Select(member => member.PlayerId).ToArray();
        await Task.WhenAll(check.Absent.Except(members).Select(player => LetGo(check, 0, player, penalties)));
        await TellAll(check, "ended", EndedOp, (ticket, member) => new ReadyCheckEnded
        {
            MatchId = check.MatchId,
            Region = check.Region,
            Waiting = check.WaitsOn(ticket),
            PenaltyUntilMs = penalties.GetValueOrDefault(member.PlayerId),
        });
        await Task.WhenAll(members.Union(check.Absent).Select(player => Post(
            (long)player, $"match/{check.MatchId:x}/gone", StatusOp,
            new MatchStatus { PenaltyUntilMs = penalties.GetValueOrDefault(player) })));
        await Close(check);
        metrics.CalledOff(_book.Mode.Id);
    }

    /// <summary>Frees a player of a ticket that is gone; one who was absent cannot queue for a while.</summary>
    private async Task LetGo(StoredCheck check, ulong ticket, ulong player, Dictionary<ulong, long> penalties)
    {
        var membership = Membership((long)player);
        if (check.Absent.Contains(player))
            penalties[player] = await membership.Penalise((long)ticket, (long)check.MatchId);
        else
            await membership.Release(MembershipKind.Battle, (long)ticket);
    }

    private async Task Close(StoredCheck check)
    {
        _asked.Remove(check.MatchId);
        await Commit(_book.Close(check.MatchId));
    }

    /// <summary>Those who fight together have met. May be lost.</summary>
    private void Introduce(StoredCheck check)
    {
        var peers = check.Ready.Select(entrant => new SocialPeer((long)entrant.PlayerId, entrant.Name)).ToArray();
        foreach (var peer in peers)
            GrainFactory.GetGrain<ISocialGrain>(peer.PlayerId).Meet([.. peers.Where(other => other != peer)]).Ignore();
    }

    private Task TellAll(
        StoredCheck check, string what, uint op, Func<StoredTicket, StoredTicketMember, IMessage> push) =>
        Task.WhenAll(check.Tickets().SelectMany(ticket => ticket.Members.Select(member => Post(
            (long)member.PlayerId, $"match/{check.MatchId:x}/{what}", op, push(ticket, member)))));

    private Task Post(long player, string messageId, uint op, IMessage push) =>
        Mailbox(player).Post(messageId, op, push.ToByteArray(), PostKind.Change);

    private ReadyCheckStarted Started(StoredCheck check) => new()
    {
        MatchId = check.MatchId,
        Mode = _book.Mode.Id,
        DeadlineMs = check.DeadlineMs,
        Players = (uint)check.Tickets().Sum(ticket => ticket.Members.Count),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Match {MatchId} of queue {Queue} is not settled yet")]
    private partial void LogUnsettled(Exception exception, ulong matchId, string queue);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Ticket {Ticket} of queue {Queue} is gone and its players are not told yet; the next round retries")]
    private partial void LogNotLetGo(Exception exception, ulong ticket, string queue);
}
