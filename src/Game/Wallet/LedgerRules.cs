namespace GameBackend.Game;

/// <summary>
/// The ledger: its newest entries, the tail, are part of the state; older ones move into an archive in pages of 8. A
/// page moves in two steps, either of which may be repeated: <see cref="TakePage"/> of a state that is saved, write
/// the page to the archive under <see cref="NumberOf"/>, then <see cref="Archived"/>, which is saved along with the
/// next change. An entry never changes, so a page that is archived twice is the same page.
/// </summary>
public static class LedgerRules
{
    /// <summary>Entries in an archived page.</summary>
    public const int PageSize = 8;

    /// <summary>The longest tail that is left alone.</summary>
    public const int TailLimit = 8;

    /// <summary>The most entries that one reading gives.</summary>
    public const uint ReadLimit = 100;

    private const uint DefaultRead = 50;

    /// <summary>
    /// The oldest entries, to be archived; null while the tail is short. Takes nothing out of the state.
    /// </summary>
    public static LedgerPage? TakePage(PlayerState state)
    {
        if (state.Ledger.Count <= TailLimit) return null;
        var page = new LedgerPage();
        for (var i = 0; i < PageSize; i++) page.Entries.Add(state.Ledger[i].Clone());
        return page;
    }

    /// <summary>The number of a page: 0, 1, 2, … from the oldest.</summary>
    public static ulong NumberOf(LedgerPage page) => PageOf(page.Entries[0].Seq);

    /// <summary>The number of the page in which an entry lies once it is archived.</summary>
    public static ulong PageOf(ulong seq) => (seq - 1) / PageSize;

    /// <summary>Drops the entries of a page that is in the archive. Does nothing if they are gone already.</summary>
    /// <exception cref="ArgumentException">
    /// The page is not the oldest of the tail; dropping it would leave a hole.
    /// </exception>
    public static void Archived(PlayerState state, LedgerPage page)
    {
        var through = page.Entries[^1].Seq;
        if (through <= state.LedgerArchivedThrough) return;
        if (page.Entries[0].Seq != state.LedgerArchivedThrough + 1 || page.Entries.Count > state.Ledger.Count)
            throw new ArgumentException($"Page {NumberOf(page)} is not the oldest of the tail.", nameof(page));
        for (var i = 0; i < page.Entries.Count; i++) state.Ledger.RemoveAt(0);
        state.LedgerArchivedThrough = through;
    }

    /// <summary>Starts to read entries, newest first, with what the tail has of them.</summary>
    /// <param name="beforeSeq">Entries with a smaller sequence than this; 0 starts at the newest.</param>
    /// <param name="count">1 to 100; 0 means 50. More is PAGE_INVALID.</param>
    public static LedgerReading ReadTail(PlayerState state, ulong beforeSeq, uint count)
    {
        if (count > ReadLimit) return LedgerReading.Refused(GameError.PageInvalid);
        var next = NextSeq(state);
        var reading = new LedgerReading(
            beforeSeq == 0 || beforeSeq > next ? next : beforeSeq,
            count == 0 ? DefaultRead : count);
        reading.Take(state.Ledger);
        return reading;
    }

    internal static ulong NextSeq(PlayerState state) => Math.Max(state.LedgerNextSeq, 1);
}
