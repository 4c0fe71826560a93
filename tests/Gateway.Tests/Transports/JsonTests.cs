using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Tests.Transports;

/// <summary>Envelopes in JSON: what is wrong is refused as it is in binary, and its sender is limited first.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class JsonTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    public static TheoryData<string> Malformed =>
    [
        """{"id":7,"op":"Echo"}""",
        """{"id":7,"op":-3}""",
        """{"id":7,"op":4294967296}""",
        """{"id":7,"op":10.5}""",
        """{"id":7,"op":[10]}""",
        """{"id":7,"id":7,"op":10}""",
        """{"id":7,"op":10,"body":"text"}""",
        """{"id":7,"op":10,"body":[1]}""",
        """{"id":7,"op":10,"body":5}""",
        """{"id":7,"op":10,"ack":"x"}""",
        """{"id":7,"op":10,"ack":-1}""",
        """{"id":7,"op":10,"traceParent":5}""",
        """{"id":7,"op":10,"body":{"payload":"no base64!"}}""",
        """{"id":7,"op":10,"body":{"payload":5}}""",
        """{"id":7,"op":10,"body":{"payload":1e999}}""",
        """{"id":7,"op":300,"body":{"from":4294967296}}""",
        """{"id":7,"op":300,"body":{"from":-1}}""",
        """{"id":7,"op":300,"body":{"from":"a"}}""",
        """{"id":7,"op":300,"body":{"from":1.5}}""",
        """{"id":7,"op":300,"body":{"from":1e999}}""",
        """{"id":7,"op":702,"body":{"accept":"yes"}}""",
        """{"id":7,"op":702,"body":{"accept":1}}""",
        """{"id":7,"op":202,"body":{"name":5}}""",
        """{"id":7,"op":202,"body":{"name":{}}}""",
        """{"id":7,"op":1000,"body":{"value":{"currencies":{}}}}""",
        """{"id":7,"op":1000,"body":{"value":{"currencies":[{"amount":"9223372036854775808"}]}}}""",
    ];

    public static TheoryData<string> Unaddressed =>
    [
        """{"id":"x","op":5}""", """{"id":-1,"op":5}""", """{"id":4294967296,"op":5}""", """{"id":1.5,"op":5}""",
        """{"id":{},"op":5}""", """{"id":true,"op":5}""",
    ];

    public static TheoryData<string> Sound =>
    [
        """{"id":7,"op":5}""", """{"id":"7","op":"5"}""", """{"op":5,"id":7.0,"body":null,"ack":null}""",
        """{"id":7,"op":5,"more":{"deep":[1,{"x":null}]},"body":{"unknown":1,"deeper":{"a":[[[1]]]}}}""",
        $$$"""{"id":7,"op":5,"body":{"x":{{{new string('[', 5000)}}}{{{new string(']', 5000)}}}}}""",
    ];

    [Theory, MemberData(nameof(Malformed))]
    public async Task A_field_of_a_wrong_type_is_refused_and_the_connection_stays(string text)
    {
        await using var client = await LogIn();
        var refused = await Ask(client, text);
        Assert.Equal((7, "InvalidArgument"), ((int)refused["id"]!, (string)refused["error"]!));
        Assert.Equal(8, (int)(await Ask(client, """{"id":8,"op":5}"""))["id"]!);
    }

    [Theory, MemberData(nameof(Unaddressed))]
    public async Task An_id_that_is_none_is_answered_without_one(string text)
    {
        await using var client = await LogIn();
        var refused = await Ask(client, text);
        Assert.Equal(
            (0, 5, "InvalidArgument"), ((int)refused["id"]!, (int)refused["op"]!, (string)refused["error"]!));
        Assert.Equal(8, (int)(await Ask(client, """{"id":8,"op":5}"""))["id"]!);
    }

    [Theory, MemberData(nameof(Sound))]
    public async Task Numbers_in_quotes_and_fields_that_nobody_knows_are_taken(string text)
    {
        await using var client = await LogIn();
        var answer = await Ask(client, text);
        Assert.Equal((7, null), ((int)answer["id"]!, (string?)answer["error"]));
    }

    [Fact]
    public async Task Without_an_id_it_is_a_notification()
    {
        await using var client = await LogIn();
        await Send(client, """{"op":300,"body":{"from":-1}}""");
        await Send(client, """{"op":5}""");
        Assert.Equal(8, (int)(await Ask(client, """{"id":8,"op":5}"""))["id"]!);
    }

    [Fact]
    public async Task Messages_over_the_rate_are_refused_unread_also_before_the_log_in()
    {
        var rig = new Rig(options: new GatewayOptions { RequestBurst = 2, RequestsPerSecond = 1 });
        foreach (var text in new[]
        {
            """{"id":1,"op":5}""", """{"id":2,"op":5}""", """{"id":3,"op":5,"body":{"no end""", """{"op":5,"id":4,]]""",
        })
            rig.Session.ReceiveText(Encoding.UTF8.GetBytes(text));
        for (var id = 1u; id <= 4; id++)
        {
            var answer = await rig.Socket.Next();
            Assert.Equal((id, id > 2), (answer.Id, answer.Error == GameError.RateLimited));
        }
    }

    [Theory]
    [InlineData("""{"id":3,"op":5,"body":{"cut off""", 3, 5)]
    [InlineData("""{"op":5,"body":{"a":[1,2]},"id":3}""", 3, 5)]
    [InlineData("""{"id":3,"body":{"cut off""", 3, 0)]
    [InlineData("""{"id":{"a":1},"op":5}""", 0, 5)]
    [InlineData("""{"id":"x","op":5}""", 0, 5)]
    [InlineData("[3]", 0, 0)]
    [InlineData("", 0, 0)]
    public void Id_and_op_are_found_at_the_front_of_a_text(string text, uint id, uint op) =>
        Assert.Equal((id, op), JsonTranscoder.Peek(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Outside_of_development_it_is_off()
    {
        await using var backend = await Backend.Start(
            ("environment", "Production"), ("Accounts:SigningKey", new string('k', 48)));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ws?format=json");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await backend.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        await using var binary = await WebSocketRawClient.Open(backend);
        Assert.Equal(WebSocketState.Open, binary.Socket.State);
    }

    private async Task<WebSocketRawClient> LogIn()
    {
        var account = await _backend.NewAccount();
        var client = await WebSocketRawClient.Open(_backend, "?format=json");
        var welcome = await Ask(client, $$$"""{"id":1,"op":1,"body":{"accessToken":"{{{account.AccessToken}}}"}}""");
        Assert.Equal(account.PlayerId.ToString(CultureInfo.InvariantCulture), (string)welcome["body"]!["playerId"]!);
        return client;
    }

    private static Task Send(WebSocketRawClient client, string text) =>
        client.SendParts(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(text));

    private static async Task<JsonNode> Ask(WebSocketRawClient client, string text)
    {
        await Send(client, text);
        return await Read(client);
    }

    private static async Task<JsonNode> Read(WebSocketRawClient client)
    {
        var (type, message) = await client.ReadMessage().Within();
        Assert.Equal(WebSocketMessageType.Text, type);
        return JsonNode.Parse(message)!;
    }
}
