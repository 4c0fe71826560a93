namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A chat channel, keyed by its name such as <c>world/3</c>: numbers the lines and keeps the last of them. One send a
/// gateway tells of a line, whoever listens there; a gateway that misses one reads it here.
/// </summary>
[Alias("gb.ChatChannel")]
public interface IChatChannelGrain : IGrainWithStringKey
{
    /// <summary>Adds a line, once for a player and key. The reply is a <see cref="SayReply"/>.</summary>
    [Alias("Say")]
    Task<Outcome> Say(ChatSaying saying);

    /// <summary>Kept lines from a number on, ascending.</summary>
    /// <param name="max">1 to 64.</param>
    [Alias("Read"), AlwaysInterleave]
    Task<ChatPage> Read(ulong from, int max);
}

/// <summary>Who hears what is said in a group's channel.</summary>
/// <remarks>A guild's grain implements this; its grain type is <c>guild</c> and its key the guild's id.</remarks>
[Alias("gb.ChatAudience")]
public interface IChatAudience : IGrainWithIntegerKey
{
    /// <summary>The group's members; those who are offline may be among them.</summary>
    [Alias("Listeners"), AlwaysInterleave]
    Task<long[]> Listeners();
}

public static class ChatAudiences
{
    /// <summary>A guild's grain, as far as chat needs to know it.</summary>
    public static IChatAudience GetGuildAudience(this IGrainFactory grains, long guild) =>
        grains.GetGrain<IChatAudience>(
            GrainId.Create(GrainType.Create("guild"), GrainIdKeyExtensions.CreateIntegerKey(guild)));
}

/// <param name="To">The receiver of a private line; else 0.</param>
/// <param name="Key">Tells repetitions of a request apart from another; empty for a notification.</param>
[GenerateSerializer, Immutable, Alias("gb.ChatSaying")]
public sealed record ChatSaying(
    [property: Id(0)] long PlayerId,
    [property: Id(1)] string Name,
    [property: Id(2)] long To,
    [property: Id(3)] string Text,
    [property: Id(4)] string Key);

/// <param name="First">The first line that is kept.</param>
/// <param name="Head">The last line that was said; 0 if none was.</param>
[GenerateSerializer, Immutable, Alias("gb.ChatPage")]
public sealed record ChatPage(
    [property: Id(0)] ulong First,
    [property: Id(1)] ulong Head,
    [property: Id(2)] ChatRow[] Lines);

/// <param name="From">Who has said it.</param>
/// <param name="Line">An encoded <see cref="ChatLine"/>.</param>
[GenerateSerializer, Immutable, Alias("gb.ChatRow")]
public readonly record struct ChatRow(
    [property: Id(0)] ulong Number,
    [property: Id(1)] long From,
    [property: Id(2)] byte[] Line);
