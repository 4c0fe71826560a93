namespace GameBackend.Game;

/// <summary>Collects what is wrong with a catalogue, so that its author sees all of it at once.</summary>
internal sealed class CatalogueProblems
{
    private readonly List<string> _problems = [];

    public void Add(string problem) => _problems.Add(problem);

    public void ThrowIfAny()
    {
        if (_problems.Count > 0) throw new CatalogueException(_problems);
    }

    /// <summary>The number if it is in its range, else the nearest one that is, and a problem.</summary>
    public long InRange(string owner, string what, long value, long min, long max)
    {
        if (value < min || value > max) Add($"{owner}: {what} is {value}, not within {min} to {max}");
        return Math.Clamp(value, min, max);
    }

    /// <summary>The definition that an id stands for, or null and a problem.</summary>
    public T? Resolve<T>(string owner, string what, string? id, IReadOnlyDictionary<string, T> known)
        where T : class
    {
        if (id is not null && known.TryGetValue(id, out var found)) return found;
        Add($"{owner}: there is no {what} '{id}'");
        return null;
    }

    /// <summary>The value that a word stands for, or the default and a problem.</summary>
    public T Choose<T>(string owner, string what, string? word)
        where T : struct, Enum
    {
        if (word is not null && word.All(char.IsAsciiLetter) && Enum.TryParse<T>(word, ignoreCase: true, out var value))
            return value;
        Add($"{owner}: '{word}' is no {what}");
        return default;
    }

    /// <summary>The entries by id, without those whose id is malformed or taken.</summary>
    public Dictionary<string, T> ById<T>(string kind, IEnumerable<T> entries, Func<T, string?> idOf)
    {
        var byId = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var id = idOf(entry);
            if (!IsId(id)) Add($"{kind} '{id}': an id is 1 to 64 of a-z, 0-9, dot and underscore");
            else if (!byId.TryAdd(id!, entry)) Add($"{kind} '{id}': the id is there twice");
        }

        return byId;
    }

    private static bool IsId(string? id) =>
        id is { Length: >= 1 and <= 64 } && id.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_');
}
