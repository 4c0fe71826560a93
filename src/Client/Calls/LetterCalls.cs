using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>Letters with attachments. New ones come as <see cref="LetterArrived"/>.</summary>
public sealed class LetterCalls(GameClient client)
{
    /// <summary>Sends a letter to another player, online or not.</summary>
    /// <param name="value">What to attach, pets by their ids; null for nothing.</param>
    public Task Send(
        ulong to, string subject, string text, Value? value = null, CancellationToken cancellation = default) =>
        client.Call<SendLetterRequest, SendLetterReply>(
            new() { To = to, Subject = subject, Text = text, Value = value }, cancellation);

    /// <summary>A page of letters, newest first.</summary>
    /// <param name="beforeId">Letters before this one; 0 starts at the newest.</param>
    /// <param name="count">1 to 50; 0 means 20.</param>
    public Task<ListLettersReply> List(
        ulong beforeId = 0, uint count = 0, CancellationToken cancellation = default) =>
        client.Call<ListLettersRequest, ListLettersReply>(new() { BeforeId = beforeId, Count = count }, cancellation);

    public Task<ReadLetterReply> Read(ulong id, CancellationToken cancellation = default) =>
        client.Call<ReadLetterRequest, ReadLetterReply>(new() { Id = id }, cancellation);

    /// <summary>Takes what is attached, all of it or nothing.</summary>
    public Task Claim(ulong id, CancellationToken cancellation = default) =>
        client.Call<ClaimLetterRequest, ClaimLetterReply>(new() { Id = id }, cancellation);

    /// <summary>Claims letter by letter; those that do not fit stay.</summary>
    public Task<ClaimAllLettersReply> ClaimAll(CancellationToken cancellation = default) =>
        client.Call<ClaimAllLettersRequest, ClaimAllLettersReply>(new(), cancellation);

    public Task Delete(ulong id, CancellationToken cancellation = default) =>
        client.Call<DeleteLetterRequest, DeleteLetterReply>(new() { Id = id }, cancellation);

    /// <summary>Deletes all letters that were read and are empty.</summary>
    public Task<DeleteReadLettersReply> DeleteRead(CancellationToken cancellation = default) =>
        client.Call<DeleteReadLettersRequest, DeleteReadLettersReply>(new(), cancellation);
}
