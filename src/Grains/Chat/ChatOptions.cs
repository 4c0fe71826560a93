using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Chat;

/// <summary>Chat (configuration section <c>Chat</c>). The same on every silo.</summary>
public sealed class ChatOptions
{
    public const string Section = "Chat";

    /// <summary>World channels, over which players are spread.</summary>
    [Range(1, 1000)] public int WorldChannels { get; set; } = 4;

    /// <summary>Notes that a player may keep up; a note to a friend is no chat and has a pace of its own.</summary>
    [Range(1, 1000)] public int NotesPerSecond { get; set; } = 5;

    /// <summary>Notes that a player may send at once after a pause.</summary>
    [Range(1, 1_000_000)] public int NoteBurst { get; set; } = 50;

    /// <summary>A JSON array of words in place of the game's own list.</summary>
    public string? WordsFile { get; set; }
}
