using System.Diagnostics.Metrics;
using GameBackend.Gateway.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GameBackend.Gateway.Tests.Metrics;

/// <summary>What /metrics is made of, without a host.</summary>
public sealed class MetricsCollectorTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LinesLogger _log = new();
    private readonly Meter _meter;
    private readonly MetricsCollector _collector;

    public MetricsCollectorTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _meter = meters.Create("GameBackend.Tests");
        _collector = new MetricsCollector(meters, _log);
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_gauge_that_throws_is_left_out_and_logged_once_and_the_others_are_told()
    {
        var fails = true;
        _meter.CreateObservableGauge("before", () => 1);
        _meter.CreateObservableGauge("broken", () => fails ? throw new InvalidOperationException("no figure") : 2);
        _meter.CreateObservableGauge("later", () => 3);
        for (var scrape = 0; scrape < 3; scrape++)
        {
            var text = Scrape();
            Assert.Contains("before 1\n", text, StringComparison.Ordinal);
            Assert.Contains("later 3\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain("broken", text, StringComparison.Ordinal);
        }

        Assert.Contains("broken", Assert.Single(_log.Lines), StringComparison.Ordinal);
        fails = false;
        Assert.Contains("broken 2\n", Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gauge_that_breaks_does_not_go_on_with_its_last_value()
    {
        var fails = false;
        _meter.CreateObservableGauge("breaks", () => fails ? throw new InvalidOperationException("gone") : 7);
        Assert.Contains("breaks 7\n", Scrape(), StringComparison.Ordinal);
        fails = true;
        Assert.DoesNotContain("breaks 7", Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Label_values_that_a_gauge_does_not_tell_any_more_are_gone()
    {
        string[] modes = ["a", "b"];
        _meter.CreateObservableGauge("queues", () => modes.Select(mode => Of(1, mode)));
        Assert.Contains("queues{mode=\"b\"} 1\n", Scrape(), StringComparison.Ordinal);
        modes = ["a"];
        Assert.Contains("queues{mode=\"a\"} 1\n", Scrape(), StringComparison.Ordinal);
        Assert.DoesNotContain("mode=\"b\"", Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_are_told_apart_by_their_labels_and_one_that_is_known_costs_no_memory()
    {
        var counter = _meter.CreateCounter<long>("counted");
        KeyValuePair<string, object?> a = new("mode", "a"), b = new("mode", "b"), one = new("size", 1);
        Count();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Count();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        var text = Scrape();
        Assert.Contains("counted_total{mode=\"a\"} 1001\n", text, StringComparison.Ordinal);
        Assert.Contains("counted_total{mode=\"b\",size=\"1\"} 2002\n", text, StringComparison.Ordinal);
        Assert.Contains("counted_total 1001\n", text, StringComparison.Ordinal);

        void Count()
        {
            counter.Add(1, a);
            counter.Add(2, b, one);
            counter.Add(1);
        }
    }

    private static Measurement<int> Of(int value, string mode) =>
        new(value, new KeyValuePair<string, object?>("mode", mode));

    private string Scrape()
    {
        var text = new PrometheusText();
        _collector.Write(text);
        return text.ToString();
    }

    private sealed class LinesLogger : ILogger<MetricsCollector>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
