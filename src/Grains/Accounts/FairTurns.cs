namespace GameBackend.Grains;

/// <summary>
/// Lets a bounded number run at a time. Those who wait take turns by client: one who asks a hundred times stands before
/// another only once. A client, and all together, may only wait so many times; when the line is full, whoever waits
/// most often makes room for one who waits less.
/// </summary>
public sealed class FairTurns(int atOnce, int maxWaiting, int maxWaitingPerClient)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedList<TaskCompletionSource<bool>>> _waiting = [];
    // The clients that wait, each once, in the order of their turns.
    private readonly Queue<string> _order = [];
    private int _running;
    private int _count;

    /// <summary>Waits for a turn, which <see cref="Leave"/> ends; false if there is no room to wait.</summary>
    public Task<bool> Enter(string client)
    {
        lock (_lock)
        {
            if (_running < atOnce)
            {
                _running++;
                return Task.FromResult(true);
            }

            var waiting = _waiting.TryGetValue(client, out var own) ? own.Count : 0;
            if (waiting >= maxWaitingPerClient || (_count >= maxWaiting && !MakeRoom(waiting)))
                return Task.FromResult(false);
            if (own is null)
            {
                _waiting[client] = own = new();
                _order.Enqueue(client);
            }

            _count++;
            return own.AddLast(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously))
                .Value.Task;
        }
    }

    /// <summary>Ends a turn, which passes to the next one.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (!_order.TryDequeue(out var client))
            {
                _running--;
                return;
            }

            var waiting = _waiting[client];
            var next = waiting.First!.Value;
            waiting.RemoveFirst();
            _count--;
            if (waiting.Count == 0)
                _waiting.Remove(client);
            else
                _order.Enqueue(client);
            next.SetResult(true);
        }
    }

    private bool MakeRoom(int waiting)
    {
        var most = _waiting.Values.MaxBy(each => each.Count);
        if (most is null || most.Count <= waiting + 1)
            return false;
        var last = most.Last!.Value;
        most.RemoveLast();
        _count--;
        last.SetResult(false);
        return true;
    }
}
