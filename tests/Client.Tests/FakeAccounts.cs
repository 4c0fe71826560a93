using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GameBackend.Client.Tests;

/// <summary>The accounts' side over HTTP, answering with what the test has set.</summary>
internal sealed class FakeAccounts
{
    private int _tokens;

    /// <summary>Path, body and bearer token of each request.</summary>
    public ConcurrentQueue<(string Path, string Body, string Bearer)> Requests { get; } = [];

    public double ExpiresInSeconds { get; set; } = 900;

    /// <summary>Refuses with this status, code and retry time.</summary>
    public (int Status, string Code, int? RetryAfterSeconds)? Refusal { get; set; }

    /// <summary>Demanded of whoever sends no proof.</summary>
    public string? Challenge { get; set; }

    public async Task Serve(HttpContext context, string what)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Requests.Enqueue((what, body, context.Request.Headers.Authorization.ToString()));
        if (Challenge is not null && !body.Contains("\"proof\"", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsJsonAsync(
                new { title = "No.", code = "proof_required", challenge = Challenge, deviceId = "made" });
            return;
        }

        if (Refusal is { } refusal)
        {
            context.Response.StatusCode = refusal.Status;
            context.Response.ContentType = "application/problem+json";
            var problem = new Dictionary<string, object> { ["title"] = "No.", ["code"] = refusal.Code };
            if (refusal.RetryAfterSeconds is { } after)
                problem["retryAfterSeconds"] = after;
            await context.Response.WriteAsync(JsonSerializer.Serialize(problem));
            return;
        }
        if (what == "logout")
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        var token = Interlocked.Increment(ref _tokens);
        await context.Response.WriteAsJsonAsync(new
        {
            playerId = "77",
            accessToken = $"access-{token}",
            accessExpiresInSeconds = ExpiresInSeconds,
            refreshToken = $"refresh-{token}",
            gateways = new[] { new { tcp = "localhost:7700", websocket = "ws://localhost:7710/ws",
                kcp = "localhost:7720" } },
        });
    }
}
