namespace GameBackend.Grains.Interfaces;

/// <summary>What a player says and may hear. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerChat")]
public interface IPlayerChat : IGrainWithIntegerKey
{
    [Alias("Say")]
    Task<Outcome> Say(Caller caller, ChatKind kind, uint world, long to, string text);

    /// <summary>Where the player's gateway has to listen on its behalf.</summary>
    [Alias("ChatAccess")]
    Task<ChatAccess> ChatAccess(Caller caller, ChatKind kind, uint world);

    /// <summary>Earlier lines; the reply is a <see cref="ReadChatReply"/>.</summary>
    [Alias("ReadChat")]
    Task<Outcome> ReadChat(Caller caller, ChatKind kind, uint world, long with, ulong before, uint count);

    /// <summary>An operator takes the player's voice until then; a time that is past gives it back.</summary>
    [Alias("Mute")]
    Task Mute(DateTimeOffset until);
}

/// <param name="Channel">The key of the channel; see <see cref="IChatChannelGrain"/>.</param>
/// <param name="Id">What the client knows the channel by.</param>
[GenerateSerializer, Immutable, Alias("gb.ChatAccess")]
public sealed record ChatAccess(
    [property: Id(0)] GameError Error,
    [property: Id(1)] string Channel = "",
    [property: Id(2)] long Id = 0);
