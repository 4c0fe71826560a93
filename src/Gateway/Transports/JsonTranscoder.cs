using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
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
    /// <summary>How far into a text <see cref="Peek"/> looks.</summary>
    private const int PeekBytes = 256;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(false));

    /// <summary>Fields that nobody knows may be nested as deep as a text is long.</summary>
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = FrameLimits.MaxFrameBytes };

    /// <summary>Nobody puts this into a page of HTML: what JSON itself does not escape stays readable.</summary>
    private static readonly JsonSerializerOptions Writing =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Looks for id and op at the front of a text, at a cost that does not grow with it: enough to limit its sender
    /// before the text is read. 0 for what does not stand there.
    /// </summary>
    public static (uint Id, uint Op) Peek(ReadOnlySpan<byte> text)
    {
        var (id, op) = (0u, 0u);
        var front = text[..Math.Min(text.Length, PeekBytes)];
        var reader = new Utf8JsonReader(front, isFinalBlock: false, new JsonReaderState(Reading));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return default;
            while ((id == 0 || op == 0) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isOp) = (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("op"u8));
                if (!reader.Read())
                    break;
                if (isId && id == 0 && TryReadNumber(reader, uint.MaxValue, out var number))
                    id = (uint)number;
                if (isOp && op == 0 && TryReadNumber(reader, uint.MaxValue, out number))
                    op = (uint)number;
                if (!reader.TrySkip())
                    break;
            }
        }
        catch (JsonException)
        {
            // Whoever reads the whole text finds it.
        }

        return (id, op);
    }

    /// <exception cref="ProtocolViolationException">The text is no JSON object.</exception>
    public static TextRequest Read(ReadOnlySpan<byte> text)
    {
        var request = new TextRequest();
        try
        {
            var reader = new Utf8JsonReader(text, Reading);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new ProtocolViolationException("An envelope is an object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                ReadField(ref reader, text, request);
            // Whatever stands behind the object is refused by the reader.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw new ProtocolViolationException($"Not an envelope in JSON: {e.Message}");
        }

        if (request.IsValid && request.BodyText is { } body && Opcodes.Requests.TryGetValue(request.Op, out var op))
        {
            var parsed = Parse(op.Request, body);
            (request.IsValid, request.Body) = (parsed is not null, parsed ?? []);
        }

        return request;
    }

    public static byte[] ToText(in ServerFrame frame)
    {
        var json = new JsonObject { ["id"] = frame.Id, ["op"] = frame.Op };
        if (frame.Seq != 0)
            json["seq"] = frame.Seq;
        if (frame.Error != GameError.Ok)
            json["error"] = frame.Error.ToString();
        if (frame.RetryAfterMs != 0)
            json["retryAfterMs"] = frame.RetryAfterMs;
        if (frame.FaultId != 0)
            json["faultId"] = frame.FaultId.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        if (frame.Error == GameError.Ok && BodyOf(frame) is { } descriptor)
            json["body"] = JsonNode.Parse(Formatter.Format(descriptor.Parser.ParseFrom(frame.Body.Span)));
        return Encoding.UTF8.GetBytes(json.ToJsonString(Writing));
    }

    private static void ReadField(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, TextRequest request)
    {
        var name = reader.ValueTextEquals("id"u8) ? TextRequest.IdField
            : reader.ValueTextEquals("op"u8) ? TextRequest.OpField
            : reader.ValueTextEquals("ack"u8) ? TextRequest.AckField
            : reader.ValueTextEquals("body"u8) ? TextRequest.BodyField
            : reader.ValueTextEquals("traceParent"u8) ? TextRequest.TraceField
            : 0;
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var valid = name == 0 || request.TryBegin(name);
        switch (name)
        {
            case TextRequest.IdField when valid:
                valid = TryReadNumber(reader, uint.MaxValue, out var id);
                (request.Id, request.HasBrokenId) = ((uint)id, !valid);
                break;
            case TextRequest.OpField when valid:
                valid = TryReadNumber(reader, uint.MaxValue, out var op);
                request.Op = (uint)op;
                break;
            case TextRequest.AckField when valid:
                valid = TryReadNumber(reader, ulong.MaxValue, out var ack);
                request.Ack = ack;
                break;
            case TextRequest.BodyField or TextRequest.TraceField:
                valid &= reader.TokenType is JsonTokenType.Null
                    || reader.TokenType == (name == TextRequest.BodyField
                        ? JsonTokenType.StartObject : JsonTokenType.String);
                break;
        }

        request.IsValid &= valid;
        if (name == TextRequest.TraceField && reader.TokenType == JsonTokenType.String)
            request.TraceParent = reader.ValueSpan.ToArray();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        reader.Skip();
        if (name == TextRequest.BodyField && isObject)
            request.BodyText = Encoding.UTF8.GetString(text[start..(int)reader.BytesConsumed]);
    }

    /// <summary>A number of 0 or more, also one in quotes or of the form 1.0, as protobuf's mapping has it.</summary>
    private static bool TryReadNumber(in Utf8JsonReader reader, ulong max, out ulong value)
    {
        value = 0;
        var read = reader.TokenType switch
        {
            JsonTokenType.Null => true,
            JsonTokenType.String => Utf8Parser.TryParse(reader.ValueSpan, out value, out var used)
                && used == reader.ValueSpan.Length,
            JsonTokenType.Number when reader.TryGetUInt64(out value) => true,
            JsonTokenType.Number => reader.TryGetDouble(out var real) && real is >= 0 and < 1L << 53
                && Math.Floor(real) == real && (value = (ulong)real) >= 0,
            _ => false,
        };
        if (!read || value > max)
            value = 0;
        else
            return true;
        return false;
    }

    /// <returns>Null if the text is no such message.</returns>
    private static byte[]? Parse(MessageDescriptor type, string json)
    {
        try
        {
            return Parser.Parse(json, type).ToByteArray();
        }
        catch (Exception)
        {
            // The parser throws many kinds: malformed, out of range, no base64, too deep.
            return null;
        }
    }

    private static MessageDescriptor? BodyOf(in ServerFrame frame) => frame.Id == 0
        ? Opcodes.Pushes.GetValueOrDefault(frame.Op)?.Message
        : Opcodes.Requests.GetValueOrDefault(frame.Op)?.Reply;
}

/// <summary>A client's envelope as it was read from text.</summary>
internal sealed class TextRequest
{
    public const int IdField = 1, OpField = 2, BodyField = 4, AckField = 8, TraceField = 16;

    private int _seen;

    public uint Id { get; set; }

    public uint Op { get; set; }

    public ulong Ack { get; set; }

    /// <summary>In protobuf's binary form.</summary>
    public byte[] Body { get; set; } = [];

    public byte[] TraceParent { get; set; } = [];

    public string? BodyText { get; set; }

    /// <summary>Whether every field has a value that it may have.</summary>
    public bool IsValid { get; set; } = true;

    /// <summary>Whether there is an id that is none: the refusal cannot name it.</summary>
    public bool HasBrokenId { get; set; }

    public ClientFrame Frame => new(Id, Op, Body, Ack, TraceParent);

    /// <returns>False if the field is there twice.</returns>
    public bool TryBegin(int field)
    {
        var first = (_seen & field) == 0;
        _seen |= field;
        return first;
    }
}
