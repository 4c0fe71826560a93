using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>An account, by the HTTP routes.</summary>
internal sealed record Account(Backend Backend, ulong PlayerId, string AccessToken, string RefreshToken)
{
    public static Task<Account> Open(Backend backend, string deviceId) =>
        Ask(backend, "/v1/accounts/device", new { deviceId });

    public static Task<Account> Register(Backend backend, string name, string password) =>
        Ask(backend, "/v1/accounts/register", new { name, password });

    public Task<RawClient> Connect(Transport transport, bool reads = true) =>
        RawClient.Connect(Backend, transport, reads: reads);

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
        request.Headers.Add("X-Admin-Key", Backend.AdminKey);
        return Backend.Http.SendAsync(request);
    }

    private static async Task<Account> Ask(Backend backend, string path, object body)
    {
        using var response = await backend.Http.PostAsJsonAsync(path, body);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, json.ToString());
        return new Account(
            backend,
            ulong.Parse(json.GetProperty("playerId").GetString()!, CultureInfo.InvariantCulture),
            json.GetProperty("accessToken").GetString()!,
            json.GetProperty("refreshToken").GetString()!);
    }
}
