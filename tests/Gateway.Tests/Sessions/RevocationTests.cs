using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>Logout, password change, ban and a token used twice kill tokens, and open sockets with them.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class RevocationTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_logout_closes_the_socket_and_kills_the_tokens(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        using var response = await client.Account.Post("/v1/accounts/logout", null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(GoodbyeReason.Revoked, (await client.Goodbye()).Reason);
        await AssertDead(client, transport, GameError.TokenInvalid);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_new_password_closes_the_socket_and_kills_the_tokens(Transport transport)
    {
        var name = $"user-{Guid.NewGuid():N}";
        var account = await Account.Register(_backend, name, "the first password");
        await using var client = await account.LogIn(transport);
        using var response = await account.Post(
            "/v1/accounts/password",
            new { name, oldPassword = "the first password", newPassword = "the second password" });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(GoodbyeReason.Revoked, (await client.Goodbye()).Reason);
        await AssertDead(client, transport, GameError.TokenInvalid);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_ban_closes_the_socket_and_kills_the_tokens(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        using var response = await client.Account.Post(
            "/v1/admin/ban", new { playerId = $"{client.Account.PlayerId}", reason = "cheats" });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(GoodbyeReason.Banned, (await client.Goodbye()).Reason);
        await AssertDead(client, transport, GameError.Banned);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_refresh_token_that_is_used_twice_closes_the_socket_and_kills_the_tokens(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        var stolen = client.Account.RefreshToken;
        var next = await Refresh(stolen);
        await Refresh(next!);
        Assert.Null(await Refresh(stolen));
        Assert.Equal(GoodbyeReason.Revoked, (await client.Goodbye()).Reason);
        await AssertDead(client, transport, GameError.TokenInvalid);
    }

    /// <summary>The next refresh token, or null if this one is refused.</summary>
    private async Task<string?> Refresh(string refreshToken)
    {
        using var response = await _backend.Http.PostAsJsonAsync("/v1/accounts/refresh", new { refreshToken });
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refreshToken").GetString()
            : null;
    }

    private async Task AssertDead(RawClient client, Transport transport, GameError error)
    {
        await using (var login = await _backend.Connect(transport))
        {
            Assert.Equal(error, (await login.Ask(new LoginRequest { AccessToken = client.Account.AccessToken })).Error);
            Assert.Equal(GoodbyeReason.AuthenticationFailed, (await login.Goodbye()).Reason);
        }

        await using (var resume = await _backend.Connect(transport))
            Assert.Equal(error, (await resume.Ask(client.ResumeRequest())).Error);

        using var refresh = await _backend.Http.PostAsJsonAsync(
            "/v1/accounts/refresh", new { refreshToken = client.Account.RefreshToken });
        Assert.False(refresh.IsSuccessStatusCode);
    }
}
