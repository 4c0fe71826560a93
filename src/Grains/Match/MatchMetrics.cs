using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GameBackend.Game;

namespace GameBackend.Grains.Match;

/// <summary>The matchmaker's meter.</summary>
public sealed class MatchMetrics : IDisposable
{
    public const string MeterName = "GameBackend.Match";

    private readonly Meter _meter;
    private readonly ConcurrentDictionary<string, int> _waiting = new(StringComparer.Ordinal);
    private readonly Catalogue _catalogue;
    private readonly Counter<long> _found, _begun, _calledOff;

    public MatchMetrics(Catalogue catalogue, IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _catalogue = catalogue;
        _meter.CreateObservableGauge(
            "match.waiting", Waiting, description: "Tickets that wait in queues on this silo, by mode.");
        _found = _meter.CreateCounter<long>("match.found", description: "Matches whose players were asked, by mode.");
        _begun = _meter.CreateCounter<long>("match.begun", description: "Matches that have become battles, by mode.");
        _calledOff = _meter.CreateCounter<long>(
            "match.called_off", description: "Matches in which not all were ready, by mode.");
        RoundTime = _meter.CreateHistogram<double>("match.round_time", "ms", "How long a queue looked for matches.");
        Waited = _meter.CreateHistogram<double>(
            "match.waited", "s", "How long a ticket had waited when its match was found.");
    }

    public Histogram<double> RoundTime { get; }
    public Histogram<double> Waited { get; }

    /// <summary>How many tickets wait in a queue of this silo.</summary>
    public void Waits(string queue, int tickets) => _waiting[queue] = tickets;

    /// <summary>A queue is on this silo no more.</summary>
    public void Gone(string queue) => _waiting.TryRemove(queue, out _);

    public void Found(string mode, int matches) => Count(_found, mode, matches);

    public void Begun(string mode) => Count(_begun, mode, 1);

    public void CalledOff(string mode) => Count(_calledOff, mode, 1);

    public void Dispose() => _meter.Dispose();

    private static void Count(Counter<long> counter, string mode, int count) =>
        counter.Add(count, new KeyValuePair<string, object?>("mode", mode));

    /// <summary>Every mode has a figure, so that one whose queue has gone elsewhere falls to zero.</summary>
    private IEnumerable<Measurement<int>> Waiting() => _catalogue.Modes.Keys.Select(mode => new Measurement<int>(
        _waiting.Where(queue => MatchQueues.ModeOf(queue.Key) == mode).Sum(queue => queue.Value),
        new KeyValuePair<string, object?>("mode", mode)));
}
