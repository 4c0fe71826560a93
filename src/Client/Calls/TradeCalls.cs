using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>
/// Trades with another player who is online. What the other does, and the end, comes as <see cref="TradeChanged"/>.
/// </summary>
public sealed class TradeCalls(GameClient client)
{
    /// <summary>Invites a player.</summary>
    public async Task<TradeView> Open(ulong player, CancellationToken cancellation = default) =>
        (await client.Call<OpenTradeRequest, OpenTradeReply>(new() { Player = player }, cancellation)
            .ConfigureAwait(false)).View;

    public async Task<TradeView> Accept(ulong trade, CancellationToken cancellation = default) =>
        (await client.Call<AcceptTradeRequest, AcceptTradeReply>(new() { Trade = trade }, cancellation)
            .ConfigureAwait(false)).View;

    /// <summary>Replaces one's whole offer, which stays in one's hands until the exchange.</summary>
    public async Task<TradeView> Offer(ulong trade, Value value, CancellationToken cancellation = default) =>
        (await client.Call<OfferTradeRequest, OfferTradeReply>(new() { Trade = trade, Value = value }, cancellation)
            .ConfigureAwait(false)).View;

    /// <summary>Agrees to the offers as they are in a revision.</summary>
    public async Task<TradeView> Lock(ulong trade, uint revision, CancellationToken cancellation = default) =>
        (await client.Call<LockTradeRequest, LockTradeReply>(new() { Trade = trade, Revision = revision }, cancellation)
            .ConfigureAwait(false)).View;

    /// <summary>Lets the exchange begin, once both have locked and the other has confirmed as well.</summary>
    public async Task<TradeView> Confirm(ulong trade, uint revision, CancellationToken cancellation = default) =>
        (await client.Call<ConfirmTradeRequest, ConfirmTradeReply>(
            new() { Trade = trade, Revision = revision }, cancellation).ConfigureAwait(false)).View;

    public async Task<TradeView> Cancel(ulong trade, CancellationToken cancellation = default) =>
        (await client.Call<CancelTradeRequest, CancelTradeReply>(new() { Trade = trade }, cancellation)
            .ConfigureAwait(false)).View;

    /// <param name="trade">0 for the one that the player is in, or was in last.</param>
    public Task<TradeView> Get(ulong trade = 0, CancellationToken cancellation = default) =>
        client.Call<GetTradeRequest, TradeView>(new() { Trade = trade }, cancellation);
}
