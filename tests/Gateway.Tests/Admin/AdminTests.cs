using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace GameBackend.Gateway.Tests.Admin;

public sealed class AdminTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private Backend _backend = null!;

    public async Task InitializeAsync() => _backend = await Backend.StartOn(_directory);

    public async Task DisposeAsync()
    {
        await _backend.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Nodes_sessions_routes_and_spread_are_shown()
    {
        var ann = await _backend.Play(Transport.Tcp);
        var node = Assert.Single((await Look("nodes")).EnumerateArray());
        Assert.Equal("silo", node.GetProperty("kind").GetString());
        Assert.True(node.GetProperty("available").GetBoolean());
        Assert.Contains("battle", node.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));

        var session = Assert.Single((await Look("sessions")).EnumerateArray());
        Assert.Equal($"{ann.Account.PlayerId}", session.GetProperty("playerId").GetString());
        var login = (await Look("routes")).EnumerateArray().Single(
            route => route.GetProperty("name").GetString() == "SystemService.Login");
        Assert.Equal(1, login.GetProperty("requests").GetInt64());
        var spread = (await Look("spread")).GetProperty("spread").GetProperty("PlayerGrain");
        // Orleans counts for the whole process, in which other tests run as well.
        Assert.InRange(spread.EnumerateObject().Single().Value.GetInt32(), 1, int.MaxValue);
    }

    [Fact]
    public async Task A_player_is_found_by_id_and_by_name_in_any_case()
    {
        var ann = await _backend.Play(Transport.Tcp);
        var byId = await Look($"players/{ann.Account.PlayerId}");
        var name = byId.GetProperty("name").GetString()!;
        Assert.Equal("Online", byId.GetProperty("status").GetString());
        foreach (var spelled in new[] { name, name.ToUpperInvariant(), name.ToLowerInvariant() })
            Assert.Equal(byId.GetProperty("playerId").GetString(), (await Look($"players/{spelled}"))
                .GetProperty("playerId").GetString());
        using var unknown = await Get("players/nobody");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_name_of_digits_is_found()
    {
        var ann = await _backend.Play(Transport.Tcp);
        await ann.Ask<RenameRequest, RenameReply>(new RenameRequest { Name = "4711" });
        Assert.Equal($"{ann.Account.PlayerId}", (await Look("players/4711")).GetProperty("playerId").GetString());
        using var nobody = await Get("players/4712");
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    [Fact]
    public async Task An_account_without_a_player_is_shown_and_everything_but_mail_can_be_done_to_it()
    {
        var account = await _backend.NewAccount();
        var id = $"{account.PlayerId}";
        var client = await account.LogIn(Transport.Tcp);
        var shown = await Look($"players/{id}");
        Assert.Equal(id, shown.GetProperty("playerId").GetString());
        Assert.Equal("Online", shown.GetProperty("status").GetString());
        Assert.False(shown.TryGetProperty("name", out _) || shown.TryGetProperty("level", out _));
        Assert.False(shown.TryGetProperty("bannedUntilUnixMs", out _));

        var until = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeMilliseconds();
        await Act(client, "mute", new { playerId = id, untilUnixMs = until }, HttpStatusCode.NoContent);
        await client.Create();
        Assert.Equal(GameError.ChatMuted,
            (await client.Ask(new SayRequest { Kind = ChatKind.World, World = 1, Text = "hello" })).Error);

        var other = await _backend.NewAccount();
        var letter = new { key = "k", subject = "s", text = "t", to = new[] { $"{other.PlayerId}" } };
        await Act(client, "letters", letter, HttpStatusCode.Conflict);
        var open = await other.LogIn(Transport.Tcp);
        await Act(client, "kick", new { playerId = $"{other.PlayerId}" }, HttpStatusCode.NoContent);
        Assert.Equal(GoodbyeReason.Kicked, (await open.Goodbye()).Reason);
        await Act(client, "ban", new { playerId = $"{other.PlayerId}", reason = "cheats", untilUnixMs = until },
            HttpStatusCode.NoContent);
        var banned = await Look($"players/{other.PlayerId}");
        Assert.Equal(until, banned.GetProperty("bannedUntilUnixMs").GetInt64());
        Assert.Equal("Offline", banned.GetProperty("status").GetString());
        await Act(client, "unban", new { playerId = $"{other.PlayerId}" }, HttpStatusCode.NoContent);
        Assert.False((await Look($"players/{other.PlayerId}")).TryGetProperty("bannedUntilUnixMs", out _));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("77")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData(" 1")]
    public async Task An_id_that_nobody_has_is_known_nowhere(string id)
    {
        using (var shown = await Get($"players/{Uri.EscapeDataString(id)}"))
            Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
        var ann = await _backend.NewAccount();
        foreach (var what in new[] { "ban", "unban", "kick", "mute" })
        {
            using var answer = await ann.Post(
                $"/v1/admin/{what}", new { playerId = id, reason = "none", untilUnixMs = 4_000_000_000_000 });
            // What is no id at all is no request.
            Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{what}: {answer}");
        }

        using var letter = await ann.Post(
            "/v1/admin/letters", new { key = "k", subject = "s", text = "t", to = new[] { id } });
        Assert.Equal(HttpStatusCode.Conflict, letter.StatusCode);
    }

    [Fact]
    public async Task A_zone_to_which_nothing_leads_is_said_to_be_unreachable()
    {
        Assert.Empty((await Look("zones")).EnumerateArray());
        using var answer = await Get("zones/2/players/somebody");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("NoRoute", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kick_says_why_and_leaves_the_account_alone()
    {
        var ann = await _backend.Play(Transport.Tcp);
        await Act(ann, "kick", new { playerId = $"{ann.Account.PlayerId}", reason = "a word" },
            HttpStatusCode.NoContent);
        var goodbye = await ann.Goodbye();
        Assert.Equal((GoodbyeReason.Kicked, "a word"), (goodbye.Reason, goodbye.Detail));
        await (await ann.Account.LogIn(Transport.Tcp)).Fetch();
    }

    [Fact]
    public async Task A_muted_player_says_nothing_until_the_time_is_over()
    {
        var ann = await _backend.Play(Transport.Tcp);
        var until = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeMilliseconds();
        await Act(ann, "mute", new { playerId = $"{ann.Account.PlayerId}", untilUnixMs = until },
            HttpStatusCode.NoContent);
        var say = new SayRequest { Kind = ChatKind.World, World = 1, Text = "hello" };
        Assert.Equal(GameError.ChatMuted, (await ann.Ask(say)).Error);
        await Act(ann, "mute", new { playerId = $"{ann.Account.PlayerId}", untilUnixMs = 1L },
            HttpStatusCode.NoContent);
        Assert.Equal(GameError.Ok, (await ann.Ask(say)).Error);
    }

    [Fact]
    public async Task Without_the_key_nothing_is_shown_or_done()
    {
        foreach (var what in new[] { "nodes", "sessions", "routes", "spread", "players/1", "zones",
            "zones/2/players/1" })
        {
            using var answer = await _backend.Operators.GetAsync($"/v1/admin/{what}");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        foreach (var what in new[] { "kick", "mute", "ban", "unban", "letters", "drain", "undrain" })
        {
            using var answer = await _backend.Operators.PostAsJsonAsync($"/v1/admin/{what}", new { playerId = "1" });
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Guesses_at_the_key_are_limited_and_who_has_it_is_not()
    {
        HttpStatusCode answer;
        var guesses = 0;
        do
        {
            Assert.True(++guesses < 1000, "Guesses at the key are not limited.");
            using var guess = await _backend.Operators.GetAsync("/v1/admin/nodes");
            answer = guess.StatusCode;
        }
        while (answer == HttpStatusCode.Unauthorized);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer);
        for (var look = 0; look < guesses; look++)
            await Look("nodes");
    }

    [Fact]
    public async Task A_node_that_is_not_there_cannot_be_drained()
    {
        var ann = await _backend.Play(Transport.Tcp);
        await Act(ann, "drain", new { node = "silo-99" }, HttpStatusCode.NotFound);
        // The only silo keeps what it has, and takes no new work.
        await Act(ann, "drain", new { node = "1.2.1" }, HttpStatusCode.OK);
        using (var ready = await _backend.Operators.GetAsync("/health/ready"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        await ann.Fetch();
        await Act(ann, "undrain", new { node = "1.2.1" }, HttpStatusCode.OK);
        using var again = await _backend.Operators.GetAsync("/health/ready");
        Assert.Equal("ready", await again.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Metrics_are_told_as_prometheus_reads_them()
    {
        var ann = await _backend.Play(Transport.Tcp);
        await ann.Fetch();
        var text = await _backend.Operators.GetStringAsync("/metrics");
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("gateway_sessions 1", lines);
        Assert.Contains("nodes{type=\"silo\",available=\"1\"} 1", lines);
        Assert.Contains("gateway_requests_total{route=\"PlayerService.Fetch\",status=\"Ok\"} 1", lines);
        Assert.Contains("gateway_request_duration_seconds_count{route=\"PlayerService.Fetch\"} 1", lines);
        Assert.Contains(lines, line => line.StartsWith("orleans_", StringComparison.Ordinal));
        // Each family is declared once, and before its samples.
        var types = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(types.Distinct(), types);
        Assert.All(lines, line =>
            Assert.Matches("^(# (HELP|TYPE) .+|[a-zA-Z_][a-zA-Z0-9_]*(\\{.*\\})? [-+0-9.eEInfNa]+)$", line));
    }

    private static async Task Act(RawClient client, string what, object body, HttpStatusCode status)
    {
        using var answer = await client.Account.Post($"/v1/admin/{what}", body);
        Assert.Equal(status, answer.StatusCode);
    }

    private async Task<JsonElement> Look(string what)
    {
        using var answer = await Get(what);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<HttpResponseMessage> Get(string what)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/admin/{what}");
        request.Headers.Add("X-Admin-Key", Backend.AdminKey);
        return _backend.Operators.SendAsync(request);
    }
}
