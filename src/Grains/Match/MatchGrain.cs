using System.Collections.Immutable;
using System.Security.Cryptography;
using GameBackend.Game;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Match;

/// <summary>
/// A queue. Its commands interleave and share writes: each changes the book at once, and neither answers nor tells
/// anybody before the change is in the journal. What follows from matches is in the other file.
/// </summary>
[GrainType("match"), Role(Roles.Match), Reentrant]
public sealed partial class MatchGrain(
    Catalogue catalogue,
    ILogStore logs,
    TimeProvider time,
    IOptions<MatchOptions> options,
    MatchMetrics metrics,
    ILogger<MatchGrain> logger) : Grain, IMatchGrain
{
    private static readonly uint StatusOp = Opcodes.OfPush<MatchStatus>().Op;

    private readonly Dictionary<long, (TicketOrder Order, Task<Outcome> End)> _joining = [];
    private readonly HashSet<ulong> _lettingGo = [];
    private MatchBook _book = null!;
    private Journal<MatchQueueChange> _journal = null!;
    private long _toldMs;
    private int _toldThrough;

    private string Key => this.GetPrimaryKeyString();

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!catalogue.Modes.TryGetValue(MatchQueues.ModeOf(Key), out var mode)
            || catalogue.Shards.FirstOrDefault(shard => shard.Id == MatchQueues.ShardOf(Key)) is not { } shard)
        {
            // The catalogue has lost it. Whoever is claimed for it is let go.
            return;
        }

        _journal = new Journal<MatchQueueChange>(logs, $"match/{Key}", () => _book.Snapshot());
        try
        {
            _book = new MatchBook(mode, shard.Regions, FirstMatch(), await _journal.Open());
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"The queue {Key} cannot be opened now.", e);
        }

        this.RegisterGrainTimer(Round, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.Zero,
            Period = options.Value.RoundEvery,
            Interleave = true,
            KeepAlive = true,
        });
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        metrics.Gone(Key);
        if (_book is not null && !_journal.IsBroken)
            await _journal.Close();
    }

    public Task Keep() => Task.CompletedTask;

    public async Task<Outcome> Queue(TicketOrder order)
    {
        if (_book is null)
            return Outcome.Refused(GameError.MatchModeUnknown);
        var player = order.Members[0].PlayerId;
        if (_book.Holds((ulong)player, (ulong)order.Ticket))
            return await Queued(player);
        if (!_joining.TryGetValue(order.Ticket, out var joining))
            _joining[order.Ticket] = joining = (order, Join(order));
        try
        {
            return await joining.End;
        }
        finally
        {
            _joining.Remove(order.Ticket);
        }
    }

    public async Task<Outcome> Cancel(long player)
    {
        if (_book is null)
            return Outcome.Done;
        if (_book.Cancel((ulong)player, out var ticket) is { } change)
        {
            await Commit(change);
            await LetGo(ticket!);
            return Outcome.Done;
        }

        await _journal.Written();
        return Outcome.Refused(GameError.MatchNotQueued);
    }

    public async Task<Outcome> Answer(long player, long match, BattleEntrant? entrant)
    {
        var stored = entrant is null ? null : new StoredEntrant
        {
            PlayerId = (ulong)player,
            Name = entrant.Name,
            Role = entrant.Role,
            Stats = ByteString.CopyFrom(entrant.Stats),
            Rating = entrant.Rating,
            Deviation = entrant.Deviation,
            Volatility = entrant.Volatility,
        };
        if (_book?.Answer((ulong)player, (ulong)match, stored, NowMs) is not { } change)
            return Outcome.Refused(GameError.MatchNoReadyCheck);
        await Commit(change);
        SettleSoon();
        return Outcome.Done;
    }

    public async Task<Outcome> Status(long player, long ticket)
    {
        if (!await Holds(player, ticket))
            return Outcome.Of(new GetMatchStatusReply());
        var reply = new GetMatchStatusReply();
        if (_book.CheckOf((ulong)player) is { } check)
        {
            reply.Check = Started(check);
            reply.Ready = check.Ready.Any(entrant => entrant.PlayerId == (ulong)player);
        }
        else if (_book.StatusOf((ulong)player, NowMs) is { } status)
        {
            reply.Status = View(_book.TicketOf((ulong)player)!, status);
        }

        return Outcome.Of(reply);
    }

    public async Task<bool> Holds(long player, long ticket)
    {
        if (_book is not null)
        {
            if (_joining.ContainsKey(ticket))
                return true;
            if (_book.Holds((ulong)player, (ulong)ticket))
            {
                await _journal.Written();
                return true;
            }

            // It is let go with what that means for the player, and not before.
            if (_book.IsEnding((ulong)ticket))
                return false;
        }

        await Membership(player).Release(MembershipKind.Battle, ticket);
        return false;
    }

    public async Task AccountLost(long player, ulong lost)
    {
        await Joined(player);
        // One that was lost before the player has queued with a later one is old news.
        if (_book is not null && Find(player) is { } ticket
            && ticket.Members.First(member => member.PlayerId == (ulong)player).LostBefore < lost)
            await Withdraw(player, player);
    }

    public Task LeftTeam(long player, long team) => PutOut(player, team, player);

    public async Task PutOut(long player, long team, long by)
    {
        await Joined(player);
        if (_book is not null && Find(player)?.Team == team)
            await Withdraw(player, by);
    }

    public async Task JoinedTeam(long player, long team, long newcomer)
    {
        await Joined(player);
        if (_book?.TicketOf((ulong)player) is { } ticket && ticket.Team == team
            && ticket.Members.All(member => member.PlayerId != (ulong)newcomer)
            && _book.Cancel((ulong)player, out var cancelled) is { } change)
        {
            await Commit(change);
            await LetGo(cancelled!);
        }
    }

    /// <summary>Whoever is on the way in is in, or is not, before it is taken out.</summary>
    private Task Joined(long player) => Task.WhenAll(_joining.Values
            .Where(joining => joining.Order.Members.Any(card => card.PlayerId == player))
            .Select(joining => joining.End))
        .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Current);

    /// <summary>Takes a player's ticket out, whether it waits or its players are asked.</summary>
    /// <param name="by">Who has caused that.</param>
    private async Task Withdraw(long player, long by)
    {
        if (_book.Withdraw((ulong)player, (ulong)by, NowMs) is not { } change)
        {
            await Cancel(player);
            return;
        }

        await Commit(change);
        SettleSoon();
    }

    /// <summary>The ticket of a player, whether it waits or is being asked.</summary>
    private MatchTicket? Find(long player) => _book.TicketOf((ulong)player) ?? _book.CheckOf((ulong)player)?.Tickets()
        .First(ticket => ticket.Members.Any(member => member.PlayerId == (ulong)player)).ToTicket();

    private async Task<Outcome> Join(TicketOrder order)
    {
        var ticket = new MatchTicket(
            (ulong)order.Ticket,
            [.. order.Members.Select(card => new TicketMember(
                (ulong)card.PlayerId, card.Rating, card.Level, card.Role, card.SessionsLost))],
            order.LatencyMs,
            NowMs,
            order.Team);
        if (Refusal(ticket) is { } refused)
            return refused;
        var holders = await Task.WhenAll(order.Members.Select(card => Claim(card.PlayerId, order.Ticket)));
        // Meanwhile others have done something.
        refused = holders.All(holder => holder == order.Ticket) ? Refusal(ticket)
            : Outcome.Refused(WhyNot(holders));
        if (refused is not null)
        {
            await Release(ticket);
            return refused;
        }

        await Commit(_book.Add(ticket));
        await Task.WhenAll(order.Members.Skip(1).Select(
            card => Tell(card.PlayerId, $"ticket/{ticket.Id:x}/queued", true)));
        return await Queued(order.Members[0].PlayerId);
    }

    private static GameError WhyNot(long[] holders) =>
        holders.Contains(Memberships.Penalised) ? GameError.MatchPenalty
        : holders.Contains(0) ? GameError.MatchNotQueued : GameError.MatchAlreadyQueued;

    private Outcome? Refusal(MatchTicket ticket)
    {
        var error = _book.Waiting >= options.Value.MaxTickets ? GameError.MatchQueueFull : _book.Refusal(ticket);
        return error == GameError.Ok ? null : Outcome.Refused(error);
    }

    /// <summary>Claims a player for a ticket. A claim that a crash has left behind gives way.</summary>
    /// <returns>As <see cref="IMembershipGrain.Claim"/>.</returns>
    private async Task<long> Claim(long player, long ticket)
    {
        var holder = await Membership(player).Claim(MembershipKind.Battle, ticket, Key);
        if (holder == ticket || holder is 0 or Memberships.Penalised)
            return holder;
        var groups = await Membership(player).Get();
        if (groups.Battle == 0 || (groups.Queue.Length > 0 && !await Queue(groups.Queue).Holds(player, groups.Battle)))
            holder = await Membership(player).Claim(MembershipKind.Battle, ticket, Key);
        return holder;
    }

    private Task Release(MatchTicket ticket) => Task.WhenAll(ticket.Members.Select(
        member => Membership((long)member.PlayerId).Release(MembershipKind.Battle, (long)ticket.Id)));

    /// <summary>
    /// Frees the players of a ticket that is gone, and tells all of them. What is cut off here the next round repeats.
    /// </summary>
    private async Task LetGo(StoredTicket ticket)
    {
        if (!_lettingGo.Add(ticket.Id))
            return;
        try
        {
            await Release(ticket.ToTicket());
            await Task.WhenAll(ticket.Members.Select(
                member => Tell((long)member.PlayerId, $"ticket/{ticket.Id:x}/gone", false)));
            Commit(_book.Left(ticket.Id)).Ignore();
        }
        finally
        {
            _lettingGo.Remove(ticket.Id);
        }
    }

    private async Task<Outcome> Queued(long player)
    {
        await _journal.Written();
        // A match may have been found already.
        var reply = new QueueMatchReply { Status = new MatchStatus { Mode = _book.Mode.Id } };
        if (_book.StatusOf((ulong)player, NowMs) is { } status)
            reply.Status = View(_book.TicketOf((ulong)player)!, status);
        return Outcome.Of(reply);
    }

    /// <summary>Tells a player for certain that it waits, or waits no more.</summary>
    private Task Tell(long player, string messageId, bool waits)
    {
        var status = new MatchStatus();
        if (waits && _book.StatusOf((ulong)player, NowMs) is { } now)
            status = View(_book.TicketOf((ulong)player)!, now);
        return Post(player, messageId, StatusOp, status);
    }

    private MatchStatus View(MatchTicket ticket, WaitingStatus status)
    {
        var view = new MatchStatus
        {
            Mode = _book.Mode.Id,
            WaitedSeconds = (uint)(Math.Max(0, NowMs - ticket.EnqueuedAtMs) / 1000),
            Place = (uint)status.Place,
            MissingPlayers = (uint)status.MissingPlayers,
            RatingSpread = (uint)status.RatingSpread,
        };
        if (status.EstimateSeconds >= 0)
            view.EstimateSeconds = (uint)status.EstimateSeconds;
        return view;
    }

    /// <summary>Now and then, and nothing that must arrive.</summary>
    private void TellWaiting()
    {
        if (NowMs - _toldMs < (long)options.Value.TellEvery.TotalMilliseconds)
            return;
        _toldMs = NowMs;
        if (_toldThrough >= _book.Waiting)
            _toldThrough = 0;
        foreach (var (ticket, status) in _book.Statuses(NowMs, _toldThrough, options.Value.ToldAtOnce))
        {
            var body = View(ticket, status).ToByteArray();
            foreach (var member in ticket.Members)
                Mailbox((long)member.PlayerId).PostTransient(StatusOp, body).Ignore();
        }

        _toldThrough += options.Value.ToldAtOnce;
    }

    private async Task Commit(MatchQueueChange change)
    {
        try
        {
            await _journal.Write(change);
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"The queue {Key} was not saved.", e);
        }
    }

    private IMatchGrain Queue(string key) => GrainFactory.GetGrain<IMatchGrain>(key);

    private IMembershipGrain Membership(long player) => GrainFactory.GetGrain<IMembershipGrain>(player);

    private IMailboxGrain Mailbox(long player) => GrainFactory.GetGrain<IMailboxGrain>(player);

    /// <summary>Nobody else counts from here: matches are battles' ids, and those are unique for good.</summary>
    private static ulong FirstMatch() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 2 | 1;
}
