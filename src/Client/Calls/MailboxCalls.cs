using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>Messages from player to player.</summary>
public sealed class MailboxCalls(GameClient client)
{
    /// <summary>
    /// Puts a note into another player's mailbox, online or not. It comes out there as a <see cref="Note"/>.
    /// </summary>
    /// <param name="text">Up to 500 characters.</param>
    public Task SendNote(ulong to, string text, CancellationToken cancellation = default) =>
        client.Call<SendNoteRequest, SendNoteReply>(new() { To = to, Text = text }, cancellation);
}
