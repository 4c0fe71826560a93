using System.Diagnostics;
using Serilog.Core;
using Serilog.Events;

namespace GameBackend.Gateway.Hosting;

/// <summary>Puts the id of the trace that is followed into log lines, on gateways and silos alike.</summary>
internal sealed class TraceEnricher : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (Activity.Current is { Recorded: true } span)
            logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Trace", $" trace={span.TraceId}"));
    }
}
