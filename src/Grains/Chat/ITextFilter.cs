using GameBackend.Game;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Chat;

/// <summary>Looks at what players write for others to read. A service outside of the game may take its place.</summary>
public interface ITextFilter
{
    /// <summary>The text as it may be said, or null if it may not. Bounded in time by whoever implements it.</summary>
    ValueTask<string?> Apply(long player, ChatKind kind, string text);
}

/// <summary>The word list.</summary>
public sealed class WordListFilter(IOptions<ChatOptions> options) : ITextFilter
{
    private readonly WordFilter _words = options.Value.WordsFile is { Length: > 0 } file
        ? WordFilter.LoadFrom(file)
        : WordFilter.LoadDefault();

    public ValueTask<string?> Apply(long player, ChatKind kind, string text) => new(_words.Apply(text));
}
