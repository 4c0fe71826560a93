using System.Diagnostics;

namespace GameBackend.Grains.Battle;

/// <summary>
/// Wakes battles to the millisecond, from one thread a silo. The runtime's timers look at a clock that the kernel moves
/// every few milliseconds (CLOCK_MONOTONIC_COARSE), which makes a tick by them late by up to two of its steps.
/// </summary>
public sealed class BattlePacer : IDisposable
{
    private readonly object _gate = new();
    private readonly PriorityQueue<BattlePulse, long> _due = new();
    private Thread? _thread;
    private bool _stopped;

    /// <summary>Starts a pulse's action once, in its own scheduler.</summary>
    /// <param name="delayUs">From now, in microseconds; it is at most about a millisecond late.</param>
    internal void After(long delayUs, BattlePulse pulse)
    {
        var at = Stopwatch.GetTimestamp() + (delayUs * Stopwatch.Frequency / 1_000_000);
        lock (_gate)
        {
            if (_stopped)
                return;
            _due.Enqueue(pulse, at);
            if (_thread is null)
            {
                _thread = new Thread(Run)
                {
                    IsBackground = true,
                    Name = "battles",
                    Priority = ThreadPriority.AboveNormal,
                };
                // Without the context of whoever came first: all ticks would run in it.
                _thread.UnsafeStart();
            }

            if (_due.Peek() == pulse)
                Monitor.Pulse(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                if (!_due.TryPeek(out var pulse, out var at))
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                var left = at - Stopwatch.GetTimestamp();
                if (left > 0)
                {
                    Monitor.Wait(_gate, (int)Math.Ceiling(left * 1000.0 / Stopwatch.Frequency));
                    continue;
                }

                _due.Dequeue();
                pulse.Start();
            }
        }
    }
}

/// <summary>What a battle does at each wake, in the turns of its grain.</summary>
internal sealed class BattlePulse(Action action, TaskScheduler grain)
{
    public void Start() =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, grain);
}
