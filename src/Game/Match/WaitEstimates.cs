namespace GameBackend.Game;

/// <summary>How long tickets have waited lately, by rating, to tell others how long they may have to.</summary>
public sealed class WaitEstimates
{
    private const int BandWidth = 200;
    private const int Bands = 26;
    private const int Kept = 32;

    private readonly int[,] _seconds = new int[Bands, Kept];
    private readonly int[] _count = new int[Bands];

    public void Add(double rating, long waitedMs) => Restore(Of(rating, waitedMs));

    /// <summary>A wait, as it is saved.</summary>
    public static StoredWait Of(double rating, long waitedMs) =>
        new() { Band = (uint)BandOf(rating), Seconds = (uint)Math.Clamp(waitedMs / 1000, 0, 36_000) };

    /// <summary>Puts back what was saved: a wait.</summary>
    public void Restore(StoredWait wait)
    {
        var band = (int)Math.Min(wait.Band, Bands - 1);
        _seconds[band, _count[band]++ % Kept] = (int)wait.Seconds;
    }

    /// <summary>All waits that count, of each band the oldest first.</summary>
    public IEnumerable<StoredWait> All()
    {
        for (var band = 0; band < Bands; band++)
        {
            for (var i = Math.Max(0, _count[band] - Kept); i < _count[band]; i++)
                yield return new StoredWait { Band = (uint)band, Seconds = (uint)_seconds[band, i % Kept] };
        }
    }

    /// <summary>The median of the last waits of players of about this rating.</summary>
    /// <returns>Seconds from now; -1 if nobody like this was matched yet.</returns>
    public int EstimateSeconds(double rating, long waitedMs)
    {
        var own = BandOf(rating);
        for (var around = 0; around < Bands; around++)
        {
            var waits = new List<int>();
            for (var band = Math.Max(0, own - around); band <= Math.Min(Bands - 1, own + around); band++)
            {
                for (var i = 0; i < Math.Min(Kept, _count[band]); i++) waits.Add(_seconds[band, i]);
            }

            // Whoever has waited already is compared with those who waited longer.
            var waited = (int)(waitedMs / 1000);
            waits.RemoveAll(wait => wait < waited);
            if (waits.Count < 3 && around < Bands - 1) continue;
            if (waits.Count == 0) return -1;
            waits.Sort();
            return waits[waits.Count / 2] - waited;
        }

        return -1;
    }

    private static int BandOf(double rating) => Math.Clamp((int)(rating / BandWidth), 0, Bands - 1);
}
