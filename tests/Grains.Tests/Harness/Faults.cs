using System.Collections.Concurrent;

namespace GameBackend.Grains.Tests;

public enum Fault
{
    /// <summary>Nothing was done, and the caller is told of a failure.</summary>
    Before,

    /// <summary>It was done, and the caller is told of a failure.</summary>
    After,

    /// <summary>It was done, and the caller hears nothing until its patience ends.</summary>
    TimeoutAfter,
}

/// <summary>
/// Breaks storage on demand. A point is an operation on one grain's state or one log, such as <c>write:player/42</c>,
/// <c>read:player/42</c>, <c>clear:name/player/bob</c>, <c>append:mailbox/42</c> or <c>open:mailbox/42</c>.
/// </summary>
public sealed class Faults
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Fault>> _armed = new();
    private readonly ConcurrentDictionary<string, Held> _held = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();

    /// <summary>How many operations there have been.</summary>
    public int Count(string point) => _counts.GetValueOrDefault(point);

    /// <summary>The next operation there breaks; armed twice, the next two.</summary>
    public void Arm(string point, Fault fault) => _armed.GetOrAdd(point, _ => new()).Enqueue(fault);

    /// <summary>Whether every fault there has been dealt.</summary>
    public bool Dealt(string point) => !_armed.TryGetValue(point, out var faults) || faults.IsEmpty;

    /// <summary>The next operation there waits until it is released.</summary>
    public Held Hold(string point) => _held[point] = new Held();

    public async Task<T> At<T>(string point, Func<Task<T>> operation)
    {
        _counts.AddOrUpdate(point, 1, (_, count) => count + 1);
        if (_held.TryRemove(point, out var held))
            await held.Arrive();
        var fault = _armed.TryGetValue(point, out var faults) && faults.TryDequeue(out var next) ? next : (Fault?)null;
        if (fault == Fault.Before)
            throw new IOException($"Broken before {point}.");
        var result = await operation();
        return fault switch
        {
            Fault.After => throw new IOException($"Broken after {point}."),
            Fault.TimeoutAfter => throw new TimeoutException($"No answer from {point}."),
            _ => result,
        };
    }

    public Task At(string point, Func<Task> operation) => At(point, async () =>
    {
        await operation();
        return true;
    });

    public sealed class Held
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when an operation waits here.</summary>
        public Task Arrived => _arrived.Task.Within(10);

        public void Release() => _released.TrySetResult();

        internal Task Arrive()
        {
            _arrived.TrySetResult();
            return _released.Task;
        }
    }
}
