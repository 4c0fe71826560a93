using System.Collections.Concurrent;
using GameBackend.Protocol;

namespace GameBackend.Client;

/// <summary>What a client has counted since it was made. May be read at any time.</summary>
public sealed class ClientStatistics
{
    private readonly ConcurrentDictionary<GameError, long> _postponements = [];
    private long _requests;
    private long _resends;
    private long _pushes;
    private long _duplicates;
    private long _gaps;
    private long _resyncs;
    private long _strayAnswers;
    private long _connects;
    private long _reconnects;
    private long _resumes;
    private long _sessionsLost;

    /// <summary>Requests that were sent, each counted once.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Times a request was sent again with the same id.</summary>
    public long Resends => Interlocked.Read(ref _resends);

    /// <summary>Pushes that were handed to the app, each mailbox sequence once.</summary>
    public long Pushes => Interlocked.Read(ref _pushes);

    /// <summary>Pushes that came a second time and were dropped.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Holes in the mailbox sequence.</summary>
    public long Gaps => Interlocked.Read(ref _gaps);

    /// <summary>Times the server has dropped a backlog.</summary>
    public long Resyncs => Interlocked.Read(ref _resyncs);

    /// <summary>Answers to requests that were not waiting for one: given up, or answered twice.</summary>
    public long StrayAnswers => Interlocked.Read(ref _strayAnswers);

    /// <summary>Tries to connect.</summary>
    public long Connects => Interlocked.Read(ref _connects);

    /// <summary>Times the client was online again after its connection was lost.</summary>
    public long Reconnects => Interlocked.Read(ref _reconnects);

    /// <summary>Those of <see cref="Reconnects"/> that went on with the session.</summary>
    public long Resumes => Interlocked.Read(ref _resumes);

    /// <summary>Answers that put a request off, such as <see cref="GameError.Unavailable"/>, by error.</summary>
    public IReadOnlyDictionary<GameError, long> Postponements => _postponements;

    public long SessionsLost => Interlocked.Read(ref _sessionsLost);

    internal void CountRequest() => Interlocked.Increment(ref _requests);

    internal void CountResend() => Interlocked.Increment(ref _resends);

    internal void CountPostponement(GameError error) => _postponements.AddOrUpdate(error, 1, (_, count) => count + 1);

    internal void CountPush() => Interlocked.Increment(ref _pushes);

    internal void CountDuplicate() => Interlocked.Increment(ref _duplicates);

    internal void CountGap() => Interlocked.Increment(ref _gaps);

    internal void CountResync() => Interlocked.Increment(ref _resyncs);

    internal void CountStrayAnswer() => Interlocked.Increment(ref _strayAnswers);

    internal void CountConnect() => Interlocked.Increment(ref _connects);

    internal void CountReconnect() => Interlocked.Increment(ref _reconnects);

    internal void CountResume() => Interlocked.Increment(ref _resumes);

    internal void CountSessionLost() => Interlocked.Increment(ref _sessionsLost);
}
