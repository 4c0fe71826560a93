namespace GameBackend.Game;

/// <summary>The new entries of the ledger in a draft.</summary>
internal sealed class LedgerDraft(PlayerState state, Act act)
{
    private readonly List<LedgerEntry> _entries = [];

    /// <summary>Adds an entry of what was changed, by how much and to what; the rest is filled in here.</summary>
    /// <exception cref="InvalidOperationException">The act has been booked before.</exception>
    public void Add(LedgerEntry entry, string reason)
    {
        entry.Seq = LedgerRules.NextSeq(state) + (ulong)_entries.Count;
        entry.Reason = reason;
        entry.Flow = FlowRules.Of(reason, entry.Amount);
        entry.IdempotencyKey = NewKey();
        entry.AtMs = act.NowMs;
        _entries.Add(entry);
    }

    public void Commit()
    {
        if (_entries.Count == 0) return;
        state.Ledger.AddRange(_entries);
        state.LedgerNextSeq = _entries[^1].Seq + 1;
    }

    // The first entry of an act has the act's key, further ones count on from it.
    private string NewKey()
    {
        var key = _entries.Count == 0 ? act.Key : $"{act.Key}#{_entries.Count + 1}";
        foreach (var entry in state.Ledger)
        {
            if (entry.IdempotencyKey == key) throw new InvalidOperationException($"'{key}' has been booked before.");
        }

        return key;
    }
}
