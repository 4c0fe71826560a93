namespace GameBackend.Game;

/// <summary>
/// A trade from the invitation to the exchange. Until both have confirmed, all is in the players' own hands; from then
/// on it can only be carried out, or come to nothing because one does not have any more what was offered.
/// </summary>
public static class TradeRules
{
    /// <summary>An invitation is open for this long.</summary>
    public static readonly TimeSpan InvitationLimit = TimeSpan.FromMinutes(1);

    /// <summary>From the acceptance to the second confirmation.</summary>
    public static readonly TimeSpan OpenLimit = TimeSpan.FromMinutes(5);

    /// <summary>Begins a trade with an invitation.</summary>
    public static void Open(TradeRecord record, long trade, TradeSide from, TradeSide to, long nowMs)
    {
        record.View = new TradeView
        {
            Trade = unchecked((ulong)trade),
            Revision = 1,
            Version = 1,
            Stage = TradeStage.Invited,
            Sides = { from, to },
            EndsAtMs = nowMs + (long)InvitationLimit.TotalMilliseconds,
        };
    }

    public static bool Exists(TradeRecord record) => record.View is { Stage: not TradeStage.Unspecified };

    public static bool IsOver(TradeRecord record) =>
        record.View?.Stage is TradeStage.Done or TradeStage.Cancelled;

    /// <returns>TRADE_NOT_FOUND, TRADE_STATE (also for who has invited), or OK.</returns>
    public static GameError Accept(TradeRecord record, long player, long nowMs)
    {
        var error = Find(record, player, TradeStage.Invited, out var side);
        if (error != GameError.Ok) return error;
        if (side != record.View.Sides[1]) return GameError.TradeState;
        record.View.Stage = TradeStage.Open;
        record.View.EndsAtMs = nowMs + (long)OpenLimit.TotalMilliseconds;
        record.View.Version++;
        return GameError.Ok;
    }

    /// <summary>Replaces an offer. Nobody has locked or confirmed what is there now.</summary>
    /// <returns>TRADE_NOT_FOUND, TRADE_STATE, or OK.</returns>
    public static GameError Offer(TradeRecord record, long player, Value value)
    {
        var error = Find(record, player, TradeStage.Open, out var side);
        if (error != GameError.Ok) return error;
        side.Offer = value.Clone();
        foreach (var each in record.View.Sides) each.Locked = each.Confirmed = false;
        record.View.Revision++;
        record.View.Version++;
        return GameError.Ok;
    }

    /// <returns>TRADE_NOT_FOUND, TRADE_STATE, TRADE_CHANGED, or OK.</returns>
    public static GameError Lock(TradeRecord record, long player, uint revision)
    {
        var error = Find(record, player, TradeStage.Open, out var side);
        if (error != GameError.Ok) return error;
        if (revision != record.View.Revision) return GameError.TradeChanged;
        if (side.Locked) return GameError.Ok;
        side.Locked = true;
        record.View.Version++;
        return GameError.Ok;
    }

    /// <summary>Confirms what both have locked. With the second confirmation the exchange begins.</summary>
    /// <returns>TRADE_NOT_FOUND, TRADE_STATE (also before both have locked), TRADE_CHANGED, or OK.</returns>
    public static GameError Confirm(TradeRecord record, long player, uint revision)
    {
        var error = Find(record, player, TradeStage.Open, out var side);
        if (error != GameError.Ok) return error;
        if (revision != record.View.Revision) return GameError.TradeChanged;
        if (!record.View.Sides.All(each => each.Locked)) return GameError.TradeState;
        if (side.Confirmed) return GameError.Ok;
        side.Confirmed = true;
        record.View.Version++;
        if (record.View.Sides.All(each => each.Confirmed)) BeginExchange(record);
        return GameError.Ok;
    }

    /// <summary>Ends a trade that is not being exchanged.</summary>
    /// <returns>TRADE_NOT_FOUND, TRADE_STATE, or OK.</returns>
    public static GameError Cancel(TradeRecord record, long player, TradeEnd reason, long nowMs)
    {
        var error = Find(record, player, record.View?.Stage ?? default, out _);
        if (error != GameError.Ok) return error;
        if (record.View!.Stage is not (TradeStage.Invited or TradeStage.Open)) return GameError.TradeState;
        End(record, TradeStage.Cancelled, reason, nowMs);
        return GameError.Ok;
    }

    /// <summary>Takes back an invitation that nobody has accepted.</summary>
    /// <returns>Whether that ended it now.</returns>
    public static bool Withdraw(TradeRecord record, long player, long nowMs)
    {
        if (!IsInvitation(record.View, player)) return false;
        End(record, TradeStage.Cancelled, TradeEnd.Cancelled, nowMs);
        return true;
    }

    /// <summary>Whether it is an open invitation by a player.</summary>
    public static bool IsInvitation(TradeView? view, long from) =>
        view?.Stage == TradeStage.Invited && view.Sides[0].Player == unchecked((ulong)from);

    /// <summary>Ends a trade whose time is over.</summary>
    public static bool Expire(TradeRecord record, long nowMs)
    {
        if (record.View?.Stage is not (TradeStage.Invited or TradeStage.Open)
            || nowMs < record.View.EndsAtMs) return false;
        End(record, TradeStage.Cancelled, TradeEnd.Timeout, nowMs);
        return true;
    }

    /// <summary>
    /// What the exchange has to do now, in any order and as often as it takes: each has an id that is always the same.
    /// </summary>
    public static IReadOnlyList<TradeStep> Steps(TradeRecord record)
    {
        if (record.View?.Stage != TradeStage.Exchanging) return [];
        var steps = new List<TradeStep>();
        for (var side = 0; side < 2; side++)
        {
            if (!record.Escrow[side].Asked) steps.Add(Step(record, side, takes: true));
        }

        if (steps.Count > 0) return steps;
        for (var side = 0; side < 2; side++)
        {
            if (!record.Escrow[side].Released) steps.Add(Step(record, side, takes: false));
        }

        return steps;
    }

    /// <summary>Notes what has come of a step. Repeating it changes nothing.</summary>
    /// <param name="taken">What a player has handed over; null for other steps.</param>
    public static void Settle(TradeRecord record, string stepId, GameError error, Value? taken, long nowMs)
    {
        if (Steps(record).FirstOrDefault(step => step.Id == stepId) is not { } step) return;
        var escrow = record.Escrow[step.Side];
        if (step.Takes)
        {
            (escrow.Asked, escrow.Error) = (true, error);
            if (error == GameError.Ok) escrow.Held = taken;
            escrow.Released = escrow.Held is null || ValueRules.IsEmpty(escrow.Held);
        }
        else if (error == GameError.Ok)
        {
            escrow.Released = true;
        }

        EndIfDone(record, nowMs);
    }

    /// <summary>What is in the trade's hands of a player's offer.</summary>
    public static Value? Held(TradeRecord record, long player)
    {
        for (var side = 0; side < record.Escrow.Count; side++)
        {
            if (record.Escrow[side].Released || record.View.Sides[side].Player != unchecked((ulong)player)) continue;
            return record.Escrow[side].Held;
        }

        return null;
    }

    private static void BeginExchange(TradeRecord record)
    {
        record.View.Stage = TradeStage.Exchanging;
        foreach (var side in record.View.Sides)
        {
            var nothing = side.Offer is null || ValueRules.IsEmpty(side.Offer);
            record.Escrow.Add(new TradeEscrow { Asked = nothing, Released = nothing });
        }
    }

    // Two empty offers have nothing to wait for; the coordinator settles them with its first look.
    private static void EndIfDone(TradeRecord record, long nowMs)
    {
        if (!record.Escrow.All(escrow => escrow is { Asked: true, Released: true })) return;
        if (Failed(record)) End(record, TradeStage.Cancelled, TradeEnd.Failed, nowMs);
        else End(record, TradeStage.Done, TradeEnd.Exchanged, nowMs);
    }

    /// <summary>Ends an exchange in which neither has offered anything.</summary>
    public static bool EndIfNothing(TradeRecord record, long nowMs)
    {
        if (record.View?.Stage != TradeStage.Exchanging) return false;
        EndIfDone(record, nowMs);
        return IsOver(record);
    }

    private static bool Failed(TradeRecord record) => record.Escrow.Any(escrow => escrow.Error != GameError.Ok);

    private static TradeStep Step(TradeRecord record, int side, bool takes)
    {
        var back = Failed(record);
        var owner = unchecked((long)record.View.Sides[side].Player);
        var other = unchecked((long)record.View.Sides[1 - side].Player);
        var id = $"trade/{record.View.Trade:x}/{(takes ? "take" : back ? "back" : "give")}/{side}";
        return takes
            ? new TradeStep(id, side, true, owner, other, record.View.Sides[side].Offer, FlowRules.TradeOut)
            : back
                ? new TradeStep(
                    id, side, false, owner, owner, record.Escrow[side].Held, FlowRules.TradeOut + FlowRules.Back)
                : new TradeStep(id, side, false, other, owner, record.Escrow[side].Held, FlowRules.TradeIn);
    }

    private static void End(TradeRecord record, TradeStage stage, TradeEnd reason, long nowMs)
    {
        record.View.Stage = stage;
        record.View.End = reason;
        record.View.Version++;
        record.EndedAtMs = nowMs;
    }

    private static GameError Find(TradeRecord record, long player, TradeStage stage, out TradeSide side)
    {
        side = null!;
        if (!Exists(record)) return GameError.TradeNotFound;
        side = record.View.Sides.FirstOrDefault(each => each.Player == unchecked((ulong)player))!;
        if (side is null) return GameError.TradeNotFound;
        return record.View.Stage == stage ? GameError.Ok : GameError.TradeState;
    }
}

/// <summary>A step of an exchange: value is taken from a player, or given to one.</summary>
/// <param name="Id">Its transfer's id, always the same.</param>
/// <param name="Side">Whose offer it is about.</param>
/// <param name="Takes">Taken from the player; else given.</param>
/// <param name="Other">The player on the other end.</param>
public sealed record TradeStep(
    string Id, int Side, bool Takes, long Player, long Other, Value Value, string Reason);
