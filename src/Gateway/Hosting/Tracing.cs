using System.Diagnostics;
using GameBackend.Gateway.Dispatch;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Hosting;

/// <summary>Following requests from the client to the grains (configuration section <c>Tracing</c>).</summary>
public sealed class TracingOptions
{
    public const string Section = "Tracing";

    /// <summary>
    /// Which requests are followed. Anything but none costs each grain call a little. The same on all processes.
    /// </summary>
    public TracedRequests Requests { get; set; }
}

public enum TracedRequests
{
    None,

    /// <summary>Those whose client has sent a trace context.</summary>
    Marked,

    All,
}

/// <summary>
/// Switches tracing on: spans at the gateway, Orleans' own along grain calls, and a log line for each that has ended.
/// Whoever adds another listener for these sources, such as an exporter, has the same spans.
/// </summary>
public static class Tracing
{
    /// <summary>Orleans' spans of grain calls.</summary>
    private const string GrainCalls = "Microsoft.Orleans.Application";

    public static bool IsTraced(this IConfiguration configuration) =>
        (configuration.GetSection(TracingOptions.Section).Get<TracingOptions>()
            ?? new()).Requests != TracedRequests.None;

    public static void AddTracing(this WebApplicationBuilder builder)
    {
        builder.Services.AddChecked<TracingOptions>(TracingOptions.Section);
        if (builder.Configuration.IsTraced())
            builder.Services.AddHostedService<SpanLog>();
    }

    internal static bool Follows(string source) => source is RequestTrace.SourceName or GrainCalls;

    /// <summary>
    /// A request is followed by what its client says, and a grain call if it belongs to a request that is: what silos
    /// do by themselves is not.
    /// </summary>
    internal static ActivitySamplingResult Sample(
        ref ActivityCreationOptions<ActivityContext> span, TracedRequests requests)
    {
        var follow = span.Source.Name == GrainCalls
            ? span.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            : requests == TracedRequests.All || span.Parent.TraceId != default;
        return follow ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;
    }
}

/// <summary>Writes down each span that has ended; the line has its trace's id like any other.</summary>
internal sealed partial class SpanLog : IHostedService, IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ILogger _logger;

    public SpanLog(IOptions<TracingOptions> options, ILogger<SpanLog> logger)
    {
        _logger = logger;
        var requests = options.Value.Requests;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => Tracing.Follows(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> span) => Tracing.Sample(ref span, requests),
            ActivityStopped = span => LogSpan(
                span.Kind, span.DisplayName, span.Duration.TotalMilliseconds, span.SpanId, span.ParentSpanId,
                span.Status),
        };
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ActivitySource.AddActivityListener(_listener);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Kind} {Span} took {Milliseconds:0.0} ms; span {SpanId} of {ParentId}, {Status}")]
    private partial void LogSpan(
        ActivityKind kind,
        string span,
        double milliseconds,
        ActivitySpanId spanId,
        ActivitySpanId parentId,
        ActivityStatusCode status);
}
