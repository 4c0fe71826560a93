namespace GameBackend.Gateway.Sessions;

/// <summary>
/// What a connection knows of its client's request ids: which were used, what the last ones asked for, and of which no
/// try has come to a clear end. An id stands for one request: it is larger than all before it, or sent again.
/// </summary>
internal sealed class RequestIds
{
    /// <summary>Of each kind of knowledge. As many answers are kept of a session.</summary>
    private const int Kept = 64;

    private readonly Lock _gate = new();
    private readonly List<(uint Id, uint Op, ulong BodyHash)> _recent = [];
    private readonly List<(uint From, uint To)> _skipped = [];
    private readonly SortedSet<uint> _unclear = [];
    private uint _last;
    private uint _forgottenThrough;
    private int _oldest;

    /// <summary>A hash of a request's body that is the same everywhere and never 0 (FNV-1a of 64 bits).</summary>
    public static ulong Hash(ReadOnlySpan<byte> body)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var each in body)
            hash = (hash ^ each) * 1_099_511_628_211;
        return hash == 0 ? 1 : hash;
    }

    /// <summary>Notes that a request has come in.</summary>
    /// <param name="bodyHash">See <see cref="Hash"/>; 0 for a body that was not looked at.</param>
    /// <returns>
    /// False if its id belongs to another request, or is smaller than the last one and was never used.
    /// </returns>
    public bool TryUse(uint id, uint op, ulong bodyHash)
    {
        if (id == 0)
            return true;
        lock (_gate)
        {
            if (id > _last)
                MoveTo(id);
            else if (_recent.FindIndex(each => each.Id == id) is >= 0 and var known)
                return IsSame(known, op, bodyHash);
            else if (!_unclear.Contains(id) && _skipped.Exists(gap => gap.From <= id && id <= gap.To))
                return false;
            Keep((id, op, bodyHash));
            return true;
        }
    }

    /// <summary>
    /// Forgets what a request asked for: the player's record knows that its id belongs to another one.
    /// </summary>
    public void Forget(uint id)
    {
        lock (_gate)
        {
            if (_recent.FindIndex(each => each.Id == id) is >= 0 and var known)
                _recent[known] = default;
        }
    }

    /// <summary>The connection goes on with a session.</summary>
    /// <param name="sentAgain">The requests that earlier connections have left without an answer.</param>
    /// <param name="last">The largest id that earlier connections are known to have used.</param>
    public void Resume(IEnumerable<uint> sentAgain, uint last)
    {
        lock (_gate)
        {
            if (last > _last)
                MoveTo(last + 1, last);
            foreach (var id in sentAgain)
                _unclear.Add(id);
        }
    }

    /// <summary>Whether a try of a request came to no clear end, and no later one has told what became of it.</summary>
    public bool IsUnclear(uint id)
    {
        lock (_gate)
            return id != 0 && (id <= _forgottenThrough || _unclear.Contains(id));
    }

    /// <summary>A try of a request has come to an end.</summary>
    /// <param name="isClear">Whether it is known what became of the request.</param>
    public void End(uint id, bool isClear)
    {
        if (id == 0)
            return;
        lock (_gate)
        {
            if (isClear)
                _unclear.Remove(id);
            else
                _unclear.Add(id);
            while (_unclear.Count > 2 * Kept)
            {
                _forgottenThrough = Math.Max(_forgottenThrough, _unclear.Min);
                _unclear.Remove(_unclear.Min);
            }
        }
    }

    private bool IsSame(int known, uint op, ulong bodyHash)
    {
        var (id, knownOp, knownHash) = _recent[known];
        if (knownOp == op && knownHash == 0)
            _recent[known] = (id, op, bodyHash);
        return knownOp == op && (knownHash == 0 || bodyHash == 0 || knownHash == bodyHash);
    }

    private void MoveTo(uint id) => MoveTo(id, id);

    /// <summary>Skips what lies between the last id and the next one.</summary>
    private void MoveTo(uint next, uint last)
    {
        if (next > _last + 1)
            _skipped.Add((_last + 1, next - 1));
        if (_skipped.Count > Kept)
            _skipped.RemoveAt(0);
        _last = last;
    }

    private void Keep((uint, uint, ulong) request)
    {
        if (_recent.Count < Kept)
        {
            _recent.Add(request);
            return;
        }

        _recent[_oldest] = request;
        _oldest = (_oldest + 1) % Kept;
    }
}
