using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>Chat. <see cref="ChatFeed"/> listens, keeps the order and fills what is missing.</summary>
public sealed class ChatCalls(GameClient client)
{
    /// <param name="world">A world channel; 0 is the player's own.</param>
    public Task<SayReply> Say(string text, uint world = 0, CancellationToken cancellation = default) =>
        client.Call<SayRequest, SayReply>(new() { Kind = ChatKind.World, World = world, Text = text }, cancellation);

    public Task<SayReply> SayToGuild(string text, CancellationToken cancellation = default) =>
        client.Call<SayRequest, SayReply>(new() { Kind = ChatKind.Guild, Text = text }, cancellation);

    public Task<SayReply> SayToTeam(string text, CancellationToken cancellation = default) =>
        client.Call<SayRequest, SayReply>(new() { Kind = ChatKind.Team, Text = text }, cancellation);

    /// <summary>Says something to one player, online or not.</summary>
    public Task<SayReply> SayTo(ulong player, string text, CancellationToken cancellation = default) =>
        client.Call<SayRequest, SayReply>(new() { Kind = ChatKind.Private, To = player, Text = text }, cancellation);

    /// <summary>Listens to a channel for as long as the connection lasts.</summary>
    /// <param name="after">The last number that was seen; null for from now on.</param>
    public Task<ListenReply> Listen(
        ChatKind kind, uint world = 0, ulong? after = null, CancellationToken cancellation = default)
    {
        var request = new ListenRequest { Kind = kind, World = world };
        if (after is { } seen)
            request.After = seen;
        return client.Call<ListenRequest, ListenReply>(request, cancellation);
    }

    /// <summary>Earlier lines of a channel, the newest first.</summary>
    /// <param name="with">The other player, of private lines.</param>
    /// <param name="before">Lines with a smaller number; 0 starts at the newest.</param>
    /// <param name="count">1 to 50; 0 means 50.</param>
    public Task<ReadChatReply> ReadHistory(
        ChatKind kind, uint world = 0, ulong with = 0, ulong before = 0, uint count = 0,
        CancellationToken cancellation = default) =>
        client.Call<ReadChatRequest, ReadChatReply>(
            new() { Kind = kind, World = world, With = with, Before = before, Count = count }, cancellation);
}
