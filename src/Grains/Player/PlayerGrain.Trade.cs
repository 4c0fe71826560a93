using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Player;

/// <summary>The player's side of trades. A player is in one at a time.</summary>
public sealed partial class PlayerGrain
{
    public async Task<Outcome> OpenTrade(Caller caller, long other)
    {
        if (Admit(caller) is { } refused)
            return refused;
        if (other == 0 || other == PlayerId)
            return Outcome.Refused(GameError.InvalidArgument);
        return await Relay(caller, async key =>
        {
            var trade = TradeIdOf(key);
            if (await IsInAnotherTrade(trade))
                return Outcome.Refused(GameError.TradeBusy);
            if (await FindOnline(other) is not { } found)
                return Outcome.Refused(GameError.PlayerNotFound);
            // A request that is sent again goes on with what it has begun.
            if (found.Error != GameError.Ok && Record.Trade != trade)
                return Outcome.Refused(found.Error);
            if (await IsBlockedBy(other))
                return Outcome.Refused(GameError.FriendBlocked);
            await Enter(trade);
            return await Trade(trade).Open(
                key, new TradeParty(PlayerId, State.Profile.Name), new TradeParty(other, found.Name));
        });
    }

    public Task<Outcome> AcceptTrade(Caller caller, long trade) => Relay(caller, async key =>
    {
        if (Record.Trade == trade)
            return await Trade(trade).Accept(key, PlayerId);
        var own = await IsInAnotherTrade(trade) ? Record.Trade : 0;
        var seen = await Trade(trade).Get(PlayerId);
        if (own != 0 && (seen.Error != GameError.Ok || !await HaveInvitedEachOther(own, trade, seen)))
            return Outcome.Refused(GameError.TradeBusy);
        if (seen.Error != GameError.Ok)
            return seen;
        var inviter = (long)TradeView.Parser.ParseFrom(seen.Reply).Sides[0].Player;
        if (await FindOnline(inviter) is not { Error: GameError.Ok })
            return Outcome.Refused(GameError.TradeOffline);
        // A block ends invitations, whichever of the two has invited.
        if (await IsBlockedBetween(inviter))
            return Outcome.Refused(GameError.FriendBlocked);
        return own == 0 ? await EnterAndAccept(key, trade) : await AcceptOneOfTwo(key, trade, own);
    });

    /// <summary>
    /// Accepts the invitation of a player whom this one has invited. If the other does the same now, both begin with
    /// the same trade, the one with the smaller id: so they do not both give up what the other has accepted.
    /// </summary>
    private async Task<Outcome> AcceptOneOfTwo(string key, long trade, long own)
    {
        if (own < trade)
        {
            return await Trade(own).Withdraw(PlayerId)
                ? await EnterAndAccept(key, trade)
                : Outcome.Of(new AcceptTradeReply
                {
                    View = TradeView.Parser.ParseFrom((await Trade(own).Get(PlayerId)).Reply),
                });
        }

        var accepted = await EnterAndAccept(key, trade);
        if (accepted.Error == GameError.Ok)
            await Trade(own).Withdraw(PlayerId);
        else
            await Enter(own);
        return accepted;
    }

    private async Task<Outcome> EnterAndAccept(string key, long trade)
    {
        await Enter(trade);
        return await Trade(trade).Accept(key, PlayerId);
    }

    private async Task<bool> HaveInvitedEachOther(long own, long trade, Outcome seen)
    {
        var other = TradeView.Parser.ParseFrom(seen.Reply);
        var mine = await Trade(own).Get(PlayerId);
        return mine.Error == GameError.Ok
            && TradeView.Parser.ParseFrom(mine.Reply) is { } view
            && TradeRules.IsInvitation(view, PlayerId)
            && TradeRules.IsInvitation(other, (long)view.Sides[1].Player);
    }

    public Task<Outcome> OfferInTrade(Caller caller, long trade, byte[] value) => Relay(caller, key =>
    {
        var whole = ClientInput.Parse<Value>(value);
        if (!ValueRules.IsEmpty(whole))
        {
            var error = ValueRules.Check(State, catalogue, whole, out whole);
            if (error != GameError.Ok)
                return Task.FromResult(Outcome.Refused(error));
        }

        return Trade(trade).Offer(key, PlayerId, whole.ToByteArray());
    });

    public Task<Outcome> LockTrade(Caller caller, long trade, uint revision) =>
        Relay(caller, key => Trade(trade).Lock(key, PlayerId, revision));

    public Task<Outcome> ConfirmTrade(Caller caller, long trade, uint revision) => Relay(caller, async key =>
    {
        // What was cut off while two were accepting each other's invitations may have left another one here.
        if (Record.Trade != trade
            && await Trade(trade).Get(PlayerId) is { Error: GameError.Ok } seen
            && TradeView.Parser.ParseFrom(seen.Reply).Stage == TradeStage.Open)
        {
            if (await IsInAnotherTrade(trade))
                return Outcome.Refused(GameError.TradeBusy);
            await Enter(trade);
        }

        return await Trade(trade).Confirm(key, PlayerId, revision);
    });

    public Task<Outcome> CancelTrade(Caller caller, long trade) =>
        Relay(caller, key => Trade(trade).Cancel(key, PlayerId));

    public async Task<Outcome> GetTrade(Caller caller, long trade)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var asked = trade == 0 ? Record.Trade : trade;
        return asked == 0 ? Outcome.Refused(GameError.TradeNotFound) : await Trade(asked).Get(PlayerId);
    }

    /// <summary>
    /// The session is over, and with it a trade that is not being exchanged. If this is lost, its time ends it.
    /// </summary>
    private void LeaveTrade()
    {
        if (Record.Trade != 0)
            Trade(Record.Trade).Lost(PlayerId).Ignore();
    }

    /// <summary>Takes back an invitation of a player who is blocked now.</summary>
    private async Task WithdrawFromTrade(long other)
    {
        if (Record.Trade != 0 && await Trade(Record.Trade).Get(PlayerId) is { Error: GameError.Ok } seen
            && TradeView.Parser.ParseFrom(seen.Reply) is { } view
            && TradeRules.IsInvitation(view, PlayerId) && view.Sides[1].Player == (ulong)other)
            await Trade(Record.Trade).Withdraw(PlayerId);
    }

    private ITradeGrain Trade(long trade) => GrainFactory.GetGrain<ITradeGrain>(trade);

    private async Task<bool> IsInAnotherTrade(long trade) =>
        Record.Trade != 0 && Record.Trade != trade && (await Trade(Record.Trade).GetStake(PlayerId)).Goes;

    /// <summary>Before the trade knows of it: what a trade holds of a player's, the player can always tell.</summary>
    private async Task Enter(long trade)
    {
        if (Record.Trade == trade)
            return;
        Record.Trade = trade;
        await Commit();
    }

    private async Task<(GameError Error, string Name)?> FindOnline(long player)
    {
        if (await GrainFactory.GetGrain<IPlayerProfile>(player).GetPublicProfile() is not { } encoded)
            return null;
        var profile = PublicProfile.Parser.ParseFrom(encoded);
        return (profile.Online ? GameError.Ok : GameError.TradeOffline, profile.Profile.Name);
    }

    // The same request always opens the same trade.
    private long TradeIdOf(string key)
    {
        var name = key.Length == 0 ? $"{Guid.NewGuid():N}" : $"{PlayerId:x}/{KeyedAnswerRules.IdOf(key)}";
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) & long.MaxValue;
    }
}
