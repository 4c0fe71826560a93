using System.Collections.Concurrent;
using System.Diagnostics;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Hosting;

namespace GameBackend.Gateway.Tests.Dispatch;

/// <summary>One trace from the client to the grains.</summary>
public sealed class TraceTests : IAsyncLifetime, IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private readonly Activity _app = new("app");
    private Backend _backend = null!;

    public TraceTests()
    {
        // It only looks on: what is followed is the backend's decision.
        _listener = new ActivityListener
        {
            ShouldListenTo = source => Tracing.Follows(source.Name),
            ActivityStopped = span =>
            {
                if (span.TraceId == _app.TraceId)
                    _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
        _app.Start();
        // It is the client's, and not that of the backend, which is started in this flow.
        Activity.Current = null;
    }

    public async Task InitializeAsync() => _backend = await Backend.Start(("Tracing:Requests", "Marked"));

    public Task DisposeAsync() => _backend.DisposeAsync().AsTask();

    public void Dispose()
    {
        _app.Dispose();
        _listener.Dispose();
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_request_has_one_trace_in_client_gateway_and_grains(Transport transport)
    {
        await using var ann = await _backend.Play(transport);
        Assert.Empty(_spans);
        Assert.Equal(
            GameError.Ok, (await Ask(ann, new SetProfileRequest { Avatar = "fox", Motto = "traced" }, _app.Id!)).Error);

        await Wait.Until(() => _spans.Any(span => span.Source.Name == RequestTrace.SourceName));
        var gateway = Assert.Single(_spans, span => span.Source.Name == RequestTrace.SourceName);
        Assert.Equal(("PlayerService.SetProfile", ActivityKind.Server, _app.SpanId),
            (gateway.OperationName, gateway.Kind, gateway.ParentSpanId));
        var call = Assert.Single(_spans, span => span.ParentSpanId == gateway.SpanId);
        var grain = Assert.Single(_spans, span => span.ParentSpanId == call.SpanId);
        Assert.Equal((ActivityKind.Client, ActivityKind.Server), (call.Kind, grain.Kind));
        // What the player's grain asks of its mailbox belongs to it as well.
        Assert.Contains(_spans, span => span.ParentSpanId == grain.SpanId);
    }

    [Fact]
    public async Task The_next_request_of_the_session_is_not_taken_for_a_part_of_it()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        var traced = RawClient.Envelope(new SetProfileRequest { Avatar = "fox", Motto = "one" }, ann.NextId());
        traced.TraceParent = _app.Id;
        // It waits for the first one, and then runs from where that has ended.
        var other = RawClient.Envelope(new SetProfileRequest { Avatar = "fox", Motto = "two" }, ann.NextId());
        await ann.Send(traced, other);
        await ann.Answer(other.Id);
        await ann.Fetch();
        Assert.Single(_spans, span => span.Source.Name == RequestTrace.SourceName);
        Assert.Single(_spans, span => span.Source.Name != RequestTrace.SourceName && span.Kind == ActivityKind.Server
            && span.OperationName.EndsWith("SetProfile", StringComparison.Ordinal));
    }

    [Theory, InlineData(""), InlineData("nonsense"),
        InlineData("00-00000000000000000000000000000000-0000000000000000-01")]
    public async Task What_is_no_trace_is_ignored(string traceParent)
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        Assert.Equal(GameError.Ok, (await Ask(ann, new FetchPlayerRequest(), traceParent)).Error);
        Assert.Equal(GameError.Ok, (await Ask(ann, new FetchPlayerRequest(), new string('x', 5000))).Error);
        Assert.Empty(_spans);
    }

    private static async Task<ServerEnvelope> Ask<TRequest>(RawClient client, TRequest request, string traceParent)
        where TRequest : Google.Protobuf.IMessage<TRequest>
    {
        var envelope = RawClient.Envelope(request, client.NextId());
        envelope.TraceParent = traceParent;
        await client.Send(envelope);
        return await client.Answer(envelope.Id);
    }
}
