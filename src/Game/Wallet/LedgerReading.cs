namespace GameBackend.Game;

/// <summary>
/// A page of the ledger on its way to a client. While <see cref="MissingPage"/> is set, load that page from the archive
/// and <see cref="Add"/> it; then make the reply.
/// </summary>
public sealed class LedgerReading
{
    private readonly List<LedgerEntry> _entries = [];
    private readonly uint _wanted;
    private ulong _before;

    internal LedgerReading(ulong before, uint wanted)
    {
        _before = before;
        _wanted = wanted;
    }

    /// <summary>Why nothing is read, or <see cref="GameError.Ok"/>.</summary>
    public GameError Error { get; private init; }

    /// <summary>The number of the archived page that has the next entries; null if nothing is missing.</summary>
    public ulong? MissingPage =>
        _entries.Count < _wanted && _before > 1 ? LedgerRules.PageOf(_before - 1) : null;

    /// <exception cref="ArgumentException">It is not the missing page, or not whole.</exception>
    public void Add(LedgerPage page)
    {
        var missing = MissingPage;
        if (missing is null || page.Entries.Count == 0 || LedgerRules.NumberOf(page) != missing)
            throw new ArgumentException($"This is not page {missing} of the ledger.", nameof(page));
        Take(page.Entries);
        if (MissingPage == missing)
            throw new ArgumentException($"Page {missing} of the ledger has a hole.", nameof(page));
    }

    public ReadLedgerReply ToReply()
    {
        var reply = new ReadLedgerReply { NextBeforeSeq = _before > 1 ? _before : 0 };
        reply.Entries.AddRange(_entries);
        return reply;
    }

    internal static LedgerReading Refused(GameError error) => new(0, 0) { Error = error };

    // The entries are in ascending order without a hole, and are read from the end.
    internal void Take(IReadOnlyList<LedgerEntry> entries)
    {
        for (var i = entries.Count - 1; i >= 0 && _entries.Count < _wanted; i--)
        {
            if (entries[i].Seq != _before - 1) continue;
            _entries.Add(entries[i].Clone());
            _before--;
        }
    }
}
