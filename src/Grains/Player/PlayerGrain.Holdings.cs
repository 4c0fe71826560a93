using GameBackend.Game;

namespace GameBackend.Grains.Player;

/// <summary>What is this player's, for audits.</summary>
public sealed partial class PlayerGrain
{
    public async Task<Outcome> ReadHoldings(Caller caller)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var reply = ReadHoldingsReply.Parser.ParseFrom(await Letters.Held());
        reply.Hands.AddRange(HoldingRules.InHands(State).ToMessages());
        var inTransit = new Holdings();
        foreach (var outgoing in Record.Outgoing)
        {
            // What goes to the world has left it when it left the hands.
            if (FlowRules.IsMove(outgoing.Transfer.Reason))
                inTransit.Add(outgoing.Transfer.Value);
        }

        reply.InTransit.AddRange(inTransit.ToMessages());
        reply.Settled &= Record.Outgoing.Count == 0;
        if (Record.Trade == 0)
            return Outcome.Of(reply);
        var stake = await Trade(Record.Trade).GetStake(PlayerId);
        var escrow = new Holdings();
        escrow.Add(Value.Parser.ParseFrom(stake.Held));
        reply.Escrow.AddRange(escrow.ToMessages());
        reply.Settled &= !stake.Exchanging;
        return Outcome.Of(reply);
    }
}
