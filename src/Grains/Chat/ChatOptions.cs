using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Chat;

/// <summary>Chat (configuration section <c>Chat</c>). The same on every silo.</summary>
public sealed class ChatOptions
{
    public const string Section = "Chat";

    /// <summary>World channels, over which players are spread.</summary>
    [Range(1, 1000)] public int WorldChannels { get; set; } = 4;

    /// <summary>A JSON array of words in place of the game's own list.</summary>
    public string? WordsFile { get; set; }
}
