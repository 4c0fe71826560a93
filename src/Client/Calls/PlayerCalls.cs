using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>The player's own state and its currencies.</summary>
public sealed class PlayerCalls(GameClient client)
{
    /// <summary>Creates the player, once an account.</summary>
    /// <param name="name">3 to 16 letters, digits or underscores, not taken by another player.</param>
    public Task Create(string name, CancellationToken cancellation = default) =>
        client.Call<CreatePlayerRequest, CreatePlayerReply>(new() { Name = name }, cancellation);

    /// <summary>The whole state.</summary>
    public Task<PlayerView> Fetch(CancellationToken cancellation = default) =>
        client.Call<FetchPlayerRequest, PlayerView>(new(), cancellation);

    public Task Rename(string name, CancellationToken cancellation = default) =>
        client.Call<RenameRequest, RenameReply>(new() { Name = name }, cancellation);

    /// <param name="avatar">Up to 64 characters: a key of the client's own set.</param>
    /// <param name="motto">Up to 140 characters.</param>
    public Task SetProfile(string avatar, string motto, CancellationToken cancellation = default) =>
        client.Call<SetProfileRequest, SetProfileReply>(new() { Avatar = avatar, Motto = motto }, cancellation);

    /// <summary>What others may see of a player.</summary>
    public Task<PublicProfile> GetProfile(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<GetProfileRequest, PublicProfile>(new() { PlayerId = playerId }, cancellation);

    /// <summary>Everything that is the player's, wherever it lies, page by page if it is much.</summary>
    public async Task<ReadHoldingsReply> ReadHoldings(CancellationToken cancellation = default)
    {
        var all = new ReadHoldingsReply { Settled = true };
        do
        {
            var page = await client.Call<ReadHoldingsRequest, ReadHoldingsReply>(
                new() { From = all.NextFrom }, cancellation).ConfigureAwait(false);
            all.Settled &= page.Settled;
            all.MergeFrom(new ReadHoldingsReply(page) { Settled = all.Settled });
            all.NextFrom = page.NextFrom;
        }
        while (all.NextFrom != 0);
        return all;
    }

    /// <summary>A page of the ledger of currencies, items and pets, newest first.</summary>
    /// <param name="beforeSeq">Entries before this one; 0 starts at the newest.</param>
    /// <param name="count">1 to 100; 0 means 50.</param>
    public Task<ReadLedgerReply> ReadLedger(
        ulong beforeSeq = 0, uint count = 0, CancellationToken cancellation = default) =>
        client.Call<ReadLedgerRequest, ReadLedgerReply>(new() { BeforeSeq = beforeSeq, Count = count }, cancellation);

    /// <summary>Buys items of the shop.</summary>
    public Task Buy(string item, uint count, CancellationToken cancellation = default) =>
        client.Call<BuyRequest, BuyReply>(new() { Item = item, Count = count }, cancellation);
}
