using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using GameBackend.Accounts.Testing;
using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Admin;
using GameBackend.Gateway.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Accounts;

[CollectionDefinition(nameof(AccountCluster))]
public sealed class AccountClusterCollection : ICollectionFixture<AccountCluster>;

/// <summary>The account routes on a Kestrel of their own, before a cluster, and a client to call them.</summary>
public sealed class AccountApi : IAsyncDisposable, IDisposable
{
    public const string AdminKey = "the admin key of the tests";
    public const string TicketSecret = "a secret shared with the studio's own server";

    private readonly WebApplication _app;

    private AccountApi(WebApplication app, string from)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Http = new(new SocketsHttpHandler { ConnectCallback = (to, stop) => Connect(from, to.DnsEndPoint, stop) })
        {
            BaseAddress = new(addresses.Addresses.First()),
        };
    }

    public HttpClient Http { get; }

    public AccessTokens Tokens => _app.Services.GetRequiredService<AccessTokens>();

    public static async Task<AccountApi> Start(
        AccountCluster cluster,
        Action<IServiceCollection>? configure = null,
        params (string Option, string? Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = "Development" });
        var options = new Dictionary<string, string?>
        {
            ["Admin:Key"] = AdminKey,
            ["Admin:Port"] = "0",
            ["Accounts:PasswordRequestsPerSecond"] = "100000",
            ["Accounts:PasswordRequestBurst"] = "100000",
            ["Accounts:NewAccountBurst"] = "100000",
            ["Accounts:TicketProviders:studio:Secret"] = TicketSecret,
        };
        foreach (var (option, value) in settings)
            options[option.Contains(':', StringComparison.Ordinal) ? option : $"Accounts:{option}"] = value;
        builder.Configuration.AddInMemoryCollection(options);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(cluster.Client);
        builder.Services.AddSingleton<TimeProvider>(cluster.Clock);
        builder.Services.AddSingleton<GatewayList>(() => []);
        configure?.Invoke(builder.Services);
        builder.Services.AddAccounts(builder.Configuration);
        builder.Services.AddAdmin();
        builder.Services.AddSingleton<TestDirectory>();
        builder.Services.AddSingleton(services =>
            new AuditFile(services.GetRequiredService<TestDirectory>().Path, "accounts", TimeProvider.System));
        var app = builder.Build();
        app.UseRouting();
        app.MapAccounts();
        app.MapAdmin();
        await app.StartAsync();
        return new(app, "127.0.0.1");
    }

    /// <summary>The same routes, asked from another address of this machine.</summary>
    public AccountApi At(string address) => new(_app, address);

    public Task<Answer> Register(string name, string password) => Post("/v1/accounts/register", new { name, password });

    public Task<Answer> LogIn(string name, string password) => Post("/v1/accounts/login", new { name, password });

    /// <param name="deviceId">Null to leave it out.</param>
    public Task<Answer> Device(string? deviceId, string? proof = null) =>
        Post("/v1/accounts/device", deviceId is null ? new { } : new { deviceId, proof });

    public Task<Answer> External(string provider, string token) =>
        Post("/v1/accounts/external", new { provider, token });

    public Task<Answer> Refresh(string? refreshToken) => Post("/v1/accounts/refresh", new { refreshToken });

    public Task<Answer> LogOut(string? bearer) => Post("/v1/accounts/logout", null, bearer);

    public Task<Answer> ChangePassword(string bearer, string name, string oldPassword, string newPassword) =>
        Post("/v1/accounts/password", new { name, oldPassword, newPassword }, bearer);

    public Task<Answer> Admin(string what, object body, string? key = AdminKey) =>
        Post($"/v1/admin/{what}", body, adminKey: key);

    public Task<Answer> Post(string path, object? body, string? bearer = null, string? adminKey = null) =>
        Send(path, body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body), bearer, adminKey);

    public async Task<Answer> Send(string path, byte[] body, string? bearer = null, string? adminKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (adminKey is not null)
            request.Headers.Add("X-Admin-Key", adminKey);
        using var response = await Http.SendAsync(request).Within(30);
        var text = await response.Content.ReadAsStringAsync();
        return new(
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.RetryAfter?.Delta,
            text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Of another address: the routes stay.</summary>
    public void Dispose() => Http.Dispose();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static async ValueTask<Stream> Connect(string from, DnsEndPoint to, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(to, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(HttpStatusCode Status, string? MediaType, TimeSpan? RetryAfter, JsonNode? Body)
{
    public string PlayerId => Text("playerId");

    public string AccessToken => Text("accessToken");

    public string RefreshToken => Text("refreshToken");

    public string[] Gateways =>
        [.. Body!["gateways"]!.AsArray().Select(each => $"{each!["tcp"]} {each["websocket"]} {each["kcp"]}")];

    private string Text(string name) => Body![name]!.GetValue<string>();

    public Answer MustBe(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Body?.ToJsonString()}");
        return this;
    }

    /// <summary>Checks the whole shape of a problem.</summary>
    public Answer MustBe(HttpStatusCode status, string code)
    {
        MustBe(status);
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal(code, Text("code"));
        Assert.Equal((int)status, Body!["status"]!.GetValue<int>());
        Assert.NotEmpty(Text("title"));
        var seconds = Body["retryAfterSeconds"]?.GetValue<int>();
        Assert.Equal(RetryAfter?.TotalSeconds, seconds);
        return this;
    }
}
