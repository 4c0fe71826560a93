using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Sessions;

/// <summary>A request on its way: waiting to be sent, or sent and not answered.</summary>
internal sealed class PendingRequest(uint op, string name, Effect effect, ByteString body)
{
    private readonly TaskCompletionSource<ByteString> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public uint Op { get; } = op;

    public string Name { get; } = name;

    public ByteString Body { get; } = body;

    /// <summary>0 until it is sent for the first time, then the same for each time it is sent.</summary>
    public uint Id { get; set; }

    public bool WasSent => Id != 0;

    /// <summary>How often the server has put it off.</summary>
    public int Postponements { get; set; }

    /// <summary>Whether any postponement leaves open that it took effect.</summary>
    public bool MayHaveTakenEffect { get; set; }

    /// <summary>When to send it again, by <see cref="MonotonicClock"/>; 0 if it waits for an answer.</summary>
    public long SendAgainAt { get; set; }

    /// <summary>The client's own, which does not outlive its connection.</summary>
    public bool IsHeartbeat { get; init; }

    /// <summary>The last request of a session.</summary>
    public bool IsLeave { get; init; }

    /// <summary>The trace that it belongs to; empty if none.</summary>
    public string TraceParent { get; init; } = "";

    public Task<ByteString> Answer => _answer.Task;

    /// <summary>Whether nobody waits for it any more.</summary>
    public bool IsDone => _answer.Task.IsCompleted;

    public void Succeed(ByteString reply) => _answer.TrySetResult(reply);

    public void Fail(Exception e)
    {
        if (_answer.TrySetException(e))
            _ = _answer.Task.Exception; // Observed, for a caller that has gone away.
    }

    public void Cancel(CancellationToken cancellation) => _answer.TrySetCanceled(cancellation);

    /// <summary>Ends it without an answer, and says what is known about its effect.</summary>
    public void GiveUp(string why, Func<Exception> ifNothingHappened) =>
        Fail(WasSent && effect == Effect.Write ? new OutcomeUnknownException(Name, why) : ifNothingHappened());
}
