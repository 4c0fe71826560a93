using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GameBackend.Gateway.Metrics;

/// <summary>
/// Keeps the values of all meters of this host that matter to operators: the backend's own, Orleans' and the runtime's.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    /// <summary>Label values of one instrument; more are counted together.</summary>
    private const int MaxSeries = 500;

    private static readonly double[] Bounds =
        [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 100_000, 1_000_000];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Family> _families = [];

    public MetricsCollector(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!Matters(instrument, meters))
                return;
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, _ => new Family(instrument)));
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) =>
            ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(
            (_, value, tags, family) => ((Family)family!).Record((double)value, tags));
        _listener.Start();
    }

    public void Write(PrometheusText text)
    {
        _listener.RecordObservableInstruments();
        foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)
            .DistinctBy(family => family.Name))
            family.Write(text);
    }

    public void Dispose() => _listener.Dispose();

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
        private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
        private readonly (string Type, bool Adds) _kind = KindOf(instrument);
        private Series? _untagged;

        public string Name { get; } = PrometheusText.Name(instrument.Name) + Suffix(instrument);

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            (tags.IsEmpty ? Untagged() : Find(tags)).Record(value, _kind.Type, _kind.Adds);
        }

        /// <summary>What is recorded often has no labels, and costs no allocation.</summary>
        private Series Untagged() => _untagged ??= _series.GetOrAdd("", static _ => new Series([]));

        private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = "";
            foreach (var tag in tags)
                key += $"{tag.Key}={tag.Value};";
            return _series.TryGetValue(key, out var series) ? series
                : _series.Count < MaxSeries ? _series.GetOrAdd(key, new Series(Labels(tags)))
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
}
