using System.Diagnostics.CodeAnalysis;

namespace GameBackend.Client.Sessions;

/// <summary>
/// The requests of a session, in the order of the calls: first those that wait to be sent, then, by id, those that were
/// sent and have no answer. Guarded by the session's lock.
/// </summary>
internal sealed class PendingRequests
{
    private readonly Queue<PendingRequest> _waiting = new();
    private readonly SortedDictionary<uint, PendingRequest> _sent = [];
    private uint _lastId;

    /// <summary>How many the server may be working on, heartbeats aside.</summary>
    public int InFlight { get; private set; }

    public bool HasHeartbeat => _sent.Count > InFlight;

    /// <summary>The ids that were sent and not answered, ascending.</summary>
    public IEnumerable<uint> UnansweredIds => _sent.Keys;

    public uint TakeId() => ++_lastId;

    public void Add(PendingRequest request) => _waiting.Enqueue(request);

    /// <summary>The next request that somebody still waits for.</summary>
    public bool TryPeekWaiting([NotNullWhen(true)] out PendingRequest? request)
    {
        while (_waiting.TryPeek(out request) && request.IsDone)
            _waiting.Dequeue();
        return request is not null;
    }

    /// <summary>Gives the request its id and moves it to the sent ones.</summary>
    public void MarkSent(PendingRequest request)
    {
        if (_waiting.TryPeek(out var first) && ReferenceEquals(first, request))
            _waiting.Dequeue();
        request.Id = TakeId();
        _sent.Add(request.Id, request);
        InFlight += request.IsHeartbeat ? 0 : 1;
    }

    public bool TryGetSent(uint id, [NotNullWhen(true)] out PendingRequest? request) =>
        _sent.TryGetValue(id, out request);

    public void Remove(PendingRequest request)
    {
        if (_sent.Remove(request.Id) && !request.IsHeartbeat)
            InFlight--;
    }

    /// <summary>
    /// The postponed requests that are due, and when the next one is; <see cref="long.MaxValue"/> if none.
    /// </summary>
    public IReadOnlyList<PendingRequest> TakeDue(long nowMs, out long nextMs)
    {
        nextMs = long.MaxValue;
        List<PendingRequest>? due = null;
        foreach (var request in _sent.Values)
        {
            if (request.SendAgainAt == 0)
                continue;
            if (request.SendAgainAt <= nowMs)
                (due ??= []).Add(request);
            else
                nextMs = Math.Min(nextMs, request.SendAgainAt);
        }
        foreach (var request in due ?? [])
            request.SendAgainAt = 0;
        return due ?? [];
    }

    /// <summary>The connection is gone: forgets what is not worth sending again.</summary>
    public void Disconnected()
    {
        foreach (var request in _sent.Values.Where(r => r.IsHeartbeat || r.IsDone).ToArray())
            Remove(request);
    }

    /// <summary>The session is gone: takes out all that was sent.</summary>
    public IReadOnlyList<PendingRequest> TakeSent()
    {
        PendingRequest[] sent = [.. _sent.Values];
        _sent.Clear();
        InFlight = 0;
        return sent;
    }

    /// <summary>Takes out all that was not sent.</summary>
    public IReadOnlyList<PendingRequest> TakeWaiting()
    {
        PendingRequest[] waiting = [.. _waiting];
        _waiting.Clear();
        return waiting;
    }
}
