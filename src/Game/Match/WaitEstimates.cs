namespace GameBackend.Game;

/// <summary>How long tickets have waited lately, by rating, to tell others how long they may have to.</summary>
public sealed class WaitEstimates
{
    private const int BandWidth = 200;
    private const int Bands = 26;
    private const int Kept = 32;

    private readonly int[,] _seconds = new int[Bands, Kept];
    private readonly int[] _count = new int[Bands];

    public void Add(double rating, long waitedMs)
    {
        var band = BandOf(rating);
        _seconds[band, _count[band]++ % Kept] = (int)Math.Clamp(waitedMs / 1000, 0, 36_000);
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
