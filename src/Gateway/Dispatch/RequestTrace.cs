using System.Diagnostics;
using System.Text;
using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Dispatch;

/// <summary>
/// The span of a request at the gateway, as the child of the client's own. There is none unless somebody listens
/// (<see cref="Hosting.TracingOptions"/>), and then nothing is allocated or looked at.
/// </summary>
internal static class RequestTrace
{
    public const string SourceName = "GameBackend.Gateway";

    /// <summary>
    /// The length of a traceparent of version 00 (https://www.w3.org/TR/trace-context/#traceparent-header).
    /// </summary>
    private const int TraceParentBytes = 55;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// Makes the span of a request that has just come in; it begins to count, and is not the current one yet.
    /// </summary>
    /// <param name="traceParent">
    /// What the client has sent. Whatever is no traceparent is as if it were not there.
    /// </param>
    public static Activity? Of(Route route, ReadOnlySpan<byte> traceParent)
    {
        if (!Source.HasListeners())
            return null;
        var parent = default(ActivityContext);
        if (traceParent.Length == TraceParentBytes)
            ActivityContext.TryParse(Encoding.Latin1.GetString(traceParent), null, isRemote: true, out parent);
        return Source.CreateActivity(route.Name, ActivityKind.Server, parent)?.SetStartTime(DateTime.UtcNow);
    }

    /// <summary>Ends the span: the session's next request may run in the same flow, and is no part of it.</summary>
    public static void End(Activity? activity, Session session, GameError? error)
    {
        if (activity is null)
            return;
        activity.SetTag("player", session.PlayerId);
        activity.SetTag("status", error ?? GameError.Ok);
        activity.Stop();
    }
}
