using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Accounts;

/// <summary>Whatever is malformed about a request, each route refuses it, and says why.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class MalformedRequestTests(SharedBackend shared)
{
    private const string Json = "Content-Type: application/json\r\n";
    private const string Chunked = $"{Json}Transfer-Encoding: chunked\r\n";

    private readonly Backend _backend = shared.Backend;

    public static TheoryData<string, string, int> Malformed => new()
    {
        { Chunked, "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n", 400 },
        { Chunked, "FFFFFFFF\r\n{}", 400 },
        { Chunked, "80000000\r\n{}", 400 },
        { Chunked, "xyz\r\n{}\r\n0\r\n\r\n", 400 },
        { Chunked, "-1\r\n{}\r\n0\r\n\r\n", 400 },
        { Chunked, "2\r\n{}0\r\n\r\n", 400 },
        { Chunked, "\r\n", 400 },
        { $"{Json}Content-Length: 1\r\n", "{", 400 },
        { $"{Json}Content-Length: 3\r\n", "\"\u00ff\"", 400 },
        { $"{Json}Content-Length: -1\r\n", "", 400 },
        { $"{Json}Content-Length: 1x\r\n", "{", 400 },
        { $"{Json}Content-Length: 99999999999999999999\r\n", "{", 400 },
        { $"{Json}Content-Length: 5000\r\n", new string(' ', 5000), 413 },
        { $"{Json}Content-Length: 9999999999\r\n", "{", 413 },
        { Chunked, $"1400\r\n{new string(' ', 0x1400)}\r\n0\r\n\r\n", 413 },
        { "Content-Length: 2\r\n", "{}", 415 },
        { "Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}", 415 },
        { "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n", "{}", 415 },
        { "Content-Type: nonsense\r\nContent-Length: 2\r\n", "{}", 415 },
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task Each_route_refuses_what_is_malformed(string headers, string body, int status)
    {
        var account = await _backend.NewAccount();
        foreach (var path in Paths())
        {
            // Who logs out sends no body.
            var readsNone = path.EndsWith("/logout", StringComparison.Ordinal);
            var bearer = readsNone ? "" : $"Authorization: Bearer {account.AccessToken}\r\n";
            var answer = await Send(path, $"{bearer}{headers}", body);
            var got = int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
            Assert.True(got == status || (readsNone && got is 400 or 401), $"{path}: {answer}");
            // What Kestrel refuses by itself has no body.
            if (!answer.Contains("Content-Length: 0", StringComparison.Ordinal))
                Assert.Contains("\"code\":\"", answer, StringComparison.Ordinal);
        }
    }

    /// <summary>Every path to which something is posted.</summary>
    private string[] Paths()
    {
        string[] paths =
        [
            .. _backend.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") == true)
                .Select(route => route.RoutePattern.RawText!),
        ];
        Assert.True(paths.Length > 15, "The routes were not found.");
        return paths;
    }

    private async Task<string> Send(string path, string headers, string body)
    {
        var operators = path.StartsWith("/v1/admin/", StringComparison.Ordinal);
        using var socket = new TcpClient();
        await socket.ConnectAsync(
            IPAddress.Loopback, operators ? _backend.Operators.BaseAddress!.Port : _backend.Options.HttpPort);
        await using var stream = socket.GetStream();
        var key = operators ? $"X-Admin-Key: {Backend.AdminKey}\r\n" : "";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{key}{headers}\r\n{body}"));
        return await Answer(stream).Within();
    }

    /// <summary>One answer. The connection ends later: Kestrel waits for the rest of the body first.</summary>
    private static async Task<string> Answer(NetworkStream stream)
    {
        var text = "";
        var buffer = new byte[4096];
        while (!text.Contains("\r\nContent-Length: 0\r\n", StringComparison.Ordinal) && !text.Contains('}'))
        {
            var read = await stream.ReadAsync(buffer);
            if (read == 0)
                break;
            text += Encoding.UTF8.GetString(buffer, 0, read);
        }

        return text;
    }
}
