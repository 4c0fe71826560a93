using System.Net;
using GameBackend.Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Tests.Hosting;

/// <summary>Web pages of which origins may use a gateway.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class AllowedOriginsTests(SharedBackend shared)
{
    private const string Game = "https://game.example";
    private const string Other = "https://other.example";

    [Theory]
    [InlineData("Development", Game, true)]
    [InlineData("Development", "null", true)]
    [InlineData("Production", Game, false)]
    [InlineData("Production", "null", false)]
    [InlineData("Production", Game, true, Game)]
    [InlineData("Production", "https://GAME.example", true, Game)]
    [InlineData("Production", "https://game.example:8443", false, Game)]
    [InlineData("Production", "http://game.example", false, Game)]
    [InlineData("Production", "https://game.example.evil", false, Game)]
    [InlineData("Production", Other, true, "*")]
    [InlineData("Development", Other, false, Game)]
    public void An_origin_is_allowed_by_the_list_or_by_an_empty_one_in_development(
        string environment, string origin, bool allowed, params string[] list)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = environment });
        var origins = new AllowedOrigins(
            Options.Create(new GatewayOptions { AllowedOrigins = list }), builder.Environment);
        Assert.Equal(allowed, origins.Allows(origin));
    }

    [Fact]
    public async Task In_development_a_page_of_any_origin_logs_in_and_opens_a_socket()
    {
        var http = shared.Backend.Http;
        await AssertPreflight(http, Other, allowed: true);
        Assert.Equal(HttpStatusCode.UpgradeRequired, await OpenSocket(http, Other));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/accounts/refresh");
        request.Headers.Add("Origin", Other);
        using var refused = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
        Assert.Equal(Other, Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("Retry-After", Assert.Single(refused.Headers.GetValues("Access-Control-Expose-Headers")));
    }

    [Fact]
    public async Task Pages_of_origins_that_are_not_listed_get_nowhere_and_clients_without_one_pass()
    {
        await using var backend = await Backend.Start(("Gateway:AllowedOrigins:0", Game));
        await AssertPreflight(backend.Http, Game, allowed: true);
        await AssertPreflight(backend.Http, Other, allowed: false);
        Assert.Equal(HttpStatusCode.UpgradeRequired, await OpenSocket(backend.Http, Game));
        Assert.Equal(HttpStatusCode.Forbidden, await OpenSocket(backend.Http, Other));
        Assert.Equal(HttpStatusCode.UpgradeRequired, await OpenSocket(backend.Http, null));
        await using var client = await backend.Play(Transport.WebSocket);
    }

    [Theory]
    [InlineData("game.example")]
    [InlineData("https://game.example/")]
    [InlineData("https://game.example/play")]
    [InlineData("https://*.game.example")]
    [InlineData("")]
    public void What_is_no_origin_is_refused_at_the_start(string text)
    {
        var options = new GatewayOptions { AllowedOrigins = [Game, text] };
        Assert.Contains(options.Validate(null!), problem =>
            problem.ErrorMessage!.Contains($"'{text}'", StringComparison.Ordinal));
    }

    private static async Task AssertPreflight(HttpClient http, string origin, bool allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/accounts/device");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        string[] allow =
        [
            .. answer.Headers
                .Where(header => header.Key.StartsWith("Access-Control-Allow", StringComparison.Ordinal))
                .Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order(),
        ];
        string[] expected =
        [
            "Access-Control-Allow-Headers: Content-Type,Authorization", "Access-Control-Allow-Methods: POST",
            $"Access-Control-Allow-Origin: {origin}",
        ];
        Assert.Equal(allowed ? expected : [], allow);
    }

    private static async Task<HttpStatusCode> OpenSocket(HttpClient http, string? origin)
    {
        // Without the handshake's headers: who is let through is told to upgrade.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ws");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
