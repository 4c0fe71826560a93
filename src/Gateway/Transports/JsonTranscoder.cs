using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// Turns envelopes into JSON text and back, for a person with a WebSocket tool: the body stands inside as an object, in
/// protobuf's JSON mapping (https://protobuf.dev/programming-guides/json/).
/// </summary>
internal static class JsonTranscoder
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(false));
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(false));

    /// <exception cref="ProtocolViolationException">The text is not JSON, or the body does not fit the op.</exception>
    public static byte[] ToEnvelope(ReadOnlySpan<byte> text)
    {
        try
        {
            var json = JsonNode.Parse(text) as JsonObject
                ?? throw new ProtocolViolationException("An envelope is an object.");
            var envelope = new ClientEnvelope
            {
                Id = (uint?)json["id"] ?? 0,
                Op = (uint?)json["op"] ?? 0,
                Ack = (ulong?)json["ack"] ?? 0,
                TraceParent = (string?)json["traceParent"] ?? "",
            };
            if (json["body"] is { } body && Opcodes.Requests.TryGetValue(envelope.Op, out var request))
                envelope.Body = Parser.Parse(body.ToJsonString(), request.Request).ToByteString();
            return envelope.ToByteArray();
        }
        catch (Exception e) when (e is not ProtocolViolationException)
        {
            throw new ProtocolViolationException($"Not an envelope in JSON: {e.Message}");
        }
    }

    public static byte[] ToText(ReadOnlySpan<byte> bytes)
    {
        var envelope = ServerEnvelope.Parser.ParseFrom(bytes);
        var json = new JsonObject { ["id"] = envelope.Id, ["op"] = envelope.Op };
        if (envelope.Seq != 0)
            json["seq"] = envelope.Seq;
        if (envelope.Error != GameError.Ok)
            json["error"] = envelope.Error.ToString();
        if (envelope.RetryAfterMs != 0)
            json["retryAfterMs"] = envelope.RetryAfterMs;
        if (envelope.FaultId != 0)
            json["faultId"] = envelope.FaultId.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        if (envelope.Error == GameError.Ok && BodyOf(envelope) is { } descriptor)
            json["body"] = JsonNode.Parse(Formatter.Format(descriptor.Parser.ParseFrom(envelope.Body)));
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static MessageDescriptor? BodyOf(ServerEnvelope envelope)
    {
        if (envelope.Id == 0)
            return Opcodes.Pushes.GetValueOrDefault(envelope.Op)?.Message;
        return Opcodes.Requests.GetValueOrDefault(envelope.Op)?.Reply;
    }
}
