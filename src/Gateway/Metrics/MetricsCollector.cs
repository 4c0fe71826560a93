using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GameBackend.Gateway.Metrics;

/// <summary>
/// Keeps the values of all meters of this host that matter to operators: the backend's own, Orleans' and the runtime's.
/// </summary>
internal sealed partial class MetricsCollector : IDisposable
{
    /// <summary>Label values of one instrument; more are counted together.</summary>
    private const int MaxSeries = 500;

    private static readonly double[] Bounds =
        [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 100_000, 1_000_000];

    private readonly MeterListener _listener = Listener();
    private readonly ConcurrentDictionary<Instrument, Family> _families = [];
    private readonly Lock _observing = new();
    private readonly ILogger<MetricsCollector> _logger;

    public MetricsCollector(IMeterFactory meters, ILogger<MetricsCollector> logger)
    {
        _logger = logger;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!Matters(instrument, meters))
                return;
            var family = _families.GetOrAdd(instrument, _ => new Family(instrument));
            if (!instrument.IsObservable)
                listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.Start();
    }

    public void Write(PrometheusText text)
    {
        lock (_observing)
        {
            foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)
                .DistinctBy(family => family.Name))
            {
                if (IsObserved(family))
                    family.Write(text);
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_observing)
        {
            foreach (var family in _families.Values)
                family.Observer?.Dispose();
        }
    }

    /// <summary>
    /// Asks an observable instrument for its values, by a listener of its own: one whose callback throws is left out of
    /// this answer, and the others are not.
    /// </summary>
    private bool IsObserved(Family family)
    {
        if (!family.Instrument.IsObservable)
            return true;
        try
        {
            if (family.Observer is null)
            {
                family.Observer = Listener();
                family.Observer.EnableMeasurementEvents(family.Instrument, family);
            }

            family.Forget();
            family.Observer.RecordObservableInstruments();
            return true;
        }
        catch (Exception e)
        {
            if (!family.HasFailed)
                LogFailed(family.Instrument.Name, e.GetBaseException());
            family.HasFailed = true;
            return false;
        }
    }

    private static MeterListener Listener()
    {
        var listener = new MeterListener();
        listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<short>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<int>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<float>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, family) =>
            ((Family)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<decimal>(
            (_, value, tags, family) => ((Family)family!).Record((double)value, tags));
        return listener;
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The metric {Instrument} cannot be read; /metrics goes on without it. This is logged once")]
    private partial void LogFailed(string instrument, Exception exception);

    /// <summary>
    /// Orleans' histograms of message sizes are left out: once somebody listens, it makes labels for every single
    /// message.
    /// </summary>
    /// <param name="own">
    /// Who has made the backend's meters of this host: others may run in this process, as in tests.
    /// </param>
    private static bool Matters(Instrument instrument, IMeterFactory own) => instrument.Meter.Name switch
    {
        "Microsoft.Orleans" => !instrument.Name.EndsWith("messages-size", StringComparison.Ordinal),
        "System.Runtime" => true,
        _ when instrument.Meter.Scope != own => false,
        "Microsoft.AspNetCore.Server.Kestrel" => true,
        var name => name.StartsWith("GameBackend", StringComparison.Ordinal),
    };

    /// <summary>One instrument with all its label values.</summary>
    private sealed class Family(Instrument instrument)
    {
        private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series> _series = new(new SameTags());
        private readonly (string Type, bool Adds) _kind = KindOf(instrument);
        private Series? _untagged;

        public Instrument Instrument => instrument;

        /// <summary>Listens to this instrument alone, if it is observable and was asked before.</summary>
        public MeterListener? Observer { get; set; }

        public bool HasFailed { get; set; }

        public string Name { get; } = PrometheusText.Name(instrument.Name) + Suffix(instrument);

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            (tags.IsEmpty ? Untagged() : Find(tags)).Record(value, _kind.Type, _kind.Adds);
        }

        /// <summary>Before it is observed anew: label values that are gone are not shown with their last value.</summary>
        public void Forget()
        {
            _series.Clear();
            _untagged = null;
        }

        private Series Untagged() => _untagged ??= _series.GetOrAdd([], static _ => new Series([]));

        /// <summary>What is recorded often is found without an allocation.</summary>
        private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var known = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
            return known.TryGetValue(tags, out var series) ? series
                : _series.Count < MaxSeries ? _series.GetOrAdd(tags.ToArray(), new Series(Labels(tags)))
                : Untagged();
        }

        public void Write(PrometheusText text)
        {
            text.Begin(Name, _kind.Type, instrument.Description);
            foreach (var series in _series.Values)
                series.Write(text, Name, _kind.Type);
        }

        private static KeyValuePair<string, string>[] Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = new KeyValuePair<string, string>[tags.Length];
            for (var i = 0; i < tags.Length; i++)
                labels[i] = new(tags[i].Key, tags[i].Value?.ToString() ?? "");
            return labels;
        }

        private static string Suffix(Instrument instrument) => KindOf(instrument).Type switch
        {
            "counter" => "_total",
            "histogram" when instrument.Unit is "ms" or "By" or "s" => $"_{instrument.Unit.ToLowerInvariant()}",
            _ => "",
        };

        private static (string Type, bool Adds) KindOf(Instrument instrument)
        {
            var name = instrument.GetType().Name;
            return name.StartsWith("ObservableCounter", StringComparison.Ordinal) ? ("counter", false)
                : name.StartsWith("Counter", StringComparison.Ordinal) ? ("counter", true)
                : name.StartsWith("Histogram", StringComparison.Ordinal) ? ("histogram", true)
                : name.StartsWith("UpDownCounter", StringComparison.Ordinal) ? ("gauge", true)
                : ("gauge", false);
        }
    }

    private sealed class Series(KeyValuePair<string, string>[] labels)
    {
        private readonly Lock _gate = new();
        private long[]? _counts;
        private double _value;

        public void Record(double value, string type, bool adds)
        {
            lock (_gate)
            {
                _value = adds ? _value + value : value;
                if (type != "histogram")
                    return;
                _counts ??= new long[Bounds.Length + 1];
                var bucket = Array.BinarySearch(Bounds, value);
                _counts[bucket >= 0 ? bucket : ~bucket]++;
            }
        }

        public void Write(PrometheusText text, string name, string type)
        {
            lock (_gate)
            {
                if (type == "histogram")
                    text.Histogram(name, labels, Bounds, _counts ?? [], _value);
                else
                    text.Sample(name, labels, _value);
            }
        }
    }

    /// <summary>Label values are compared as they are, in their order.</summary>
    private sealed class SameTags
        : IEqualityComparer<KeyValuePair<string, object?>[]>,
            IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
    {
        public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) =>
            y is not null && Equals(x.AsSpan(), y);

        public int GetHashCode(KeyValuePair<string, object?>[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(
            ReadOnlySpan<KeyValuePair<string, object?>> alternate, KeyValuePair<string, object?>[] other)
        {
            if (alternate.Length != other.Length)
                return false;
            for (var i = 0; i < other.Length; i++)
            {
                if (alternate[i].Key != other[i].Key || !Equals(alternate[i].Value, other[i].Value))
                    return false;
            }

            return true;
        }

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            var hash = new HashCode();
            foreach (var (key, value) in alternate)
            {
                hash.Add(key);
                hash.Add(value);
            }

            return hash.ToHashCode();
        }

        public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) =>
            alternate.ToArray();
    }
}
