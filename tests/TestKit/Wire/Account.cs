using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace GameBackend.TestKit.Wire;

/// <summary>An account, by the HTTP routes.</summary>
public sealed record Account(IGateway Gateway, ulong PlayerId, string AccessToken, string RefreshToken)
{
    public static Task<Account> Open(IGateway gateway, string deviceId) =>
        Ask(gateway, "/v1/accounts/device", new { deviceId });

    public static Task<Account> Register(IGateway gateway, string name, string password) =>
        Ask(gateway, "/v1/accounts/register", new { name, password });

    public Task<RawClient> Connect(Transport transport, bool reads = true) =>
        RawClient.Connect(Gateway, transport, reads: reads);

    public async Task<RawClient> LogIn(Transport transport)
    {
        var client = await Connect(transport);
        await client.LogIn(this);
        return client;
    }

    public Task<HttpResponseMessage> Post(string path, object? body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        request.Headers.Add("X-Admin-Key", Gateway.AdminKey);
        return (path.StartsWith("/v1/admin/", StringComparison.Ordinal) ? Gateway.Operators : Gateway.Http)
            .SendAsync(request);
    }

    private static async Task<Account> Ask(IGateway gateway, string path, object body)
    {
        using var response = await gateway.Http.PostAsJsonAsync(path, body);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, json.ToString());
        return new Account(
            gateway,
            ulong.Parse(json.GetProperty("playerId").GetString()!, CultureInfo.InvariantCulture),
            json.GetProperty("accessToken").GetString()!,
            json.GetProperty("refreshToken").GetString()!);
    }
}
