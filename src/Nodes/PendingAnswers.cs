using System.Collections.Concurrent;
using Google.Protobuf;

namespace GameBackend.Nodes;

/// <summary>Answers that a node waits for: to calls, and to messages that go to other zones.</summary>
internal sealed class PendingAnswers
{
    private readonly ConcurrentDictionary<ulong, PendingAnswer> _pending = [];
    private ulong _ids;

    public int Count => _pending.Count;

    public PendingAnswer Begin()
    {
        var pending = new PendingAnswer(Interlocked.Increment(ref _ids));
        _pending[pending.Id] = pending;
        return pending;
    }

    public void End(PendingAnswer pending) => _pending.TryRemove(pending.Id, out _);

    /// <summary>One that nobody waits for any more is passed over.</summary>
    public void Take(NodeAnswer answer)
    {
        if (_pending.TryGetValue(answer.Id, out var pending))
            pending.End(answer);
    }

    /// <summary>What went to this node, or by way of it, is not answered any more.</summary>
    public void Fail(NodeInfo hop)
    {
        foreach (var (_, pending) in _pending)
        {
            if (pending.Hop == hop.Uuid)
                pending.End(
                    new NodeAnswer { Error = NodeError.NodeGone, Detail = $"The node {hop.Address} has gone." });
        }
    }
}

/// <summary>An answer that is awaited.</summary>
internal sealed class PendingAnswer(ulong id)
{
    private readonly TaskCompletionSource<ByteString> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Id => id;

    /// <summary>The node that what is to be answered went to first.</summary>
    public Guid Hop { get; set; }

    /// <summary>Fails with a <see cref="NodeException"/>.</summary>
    public Task<ByteString> Answer => _answer.Task;

    /// <returns>Whether it was the first end.</returns>
    public bool End(NodeAnswer answer) => answer.Error == NodeError.Ok
        ? _answer.TrySetResult(answer.Body)
        : _answer.TrySetException(new NodeException(answer.Error, answer.Detail));
}
