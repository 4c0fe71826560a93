using GameBackend.Client.Accounts;
using GameBackend.Protocol;

namespace GameBackend.Client.Tests;

public sealed class AccountTests
{
    [Fact]
    public async Task Each_way_in_asks_as_the_contract_says()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(rig.Gateway.Http);

        var session = await accounts.Register("alice", "secret");
        await accounts.Login("alice", "secret");
        await accounts.LoginDevice("d-1");
        await accounts.LoginExternal("steam", "t");
        await accounts.Refresh("r");
        await accounts.ChangePassword(session, "alice", "secret", "other");
        await accounts.Logout(session);

        Assert.Equal(77ul, session.PlayerId);
        Assert.Equal("access-1", session.AccessToken);
        Assert.Equal([new GatewayEndpoints("localhost:7700", "ws://localhost:7710/ws", "localhost:7720")],
            session.Gateways);
        Assert.Equal(
            [
                ("register", """{"name":"alice","password":"secret"}""", ""),
                ("login", """{"name":"alice","password":"secret"}""", ""),
                ("device", """{"deviceId":"d-1"}""", ""),
                ("external", """{"provider":"steam","token":"t"}""", ""),
                ("refresh", """{"refreshToken":"r"}""", ""),
                ("password", """{"name":"alice","oldPassword":"secret","newPassword":"other"}""", "Bearer access-1"),
                ("logout", "{}", "Bearer access-1"),
            ],
            rig.World.Accounts.Requests);
    }

    [Fact]
    public async Task A_refusal_has_its_code_and_retry_time()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(rig.Gateway.Http);
        rig.World.Accounts.Refusal = (429, "locked", 30);

        var refusal = await Assert.ThrowsAsync<AccountException>(() => accounts.Login("alice", "guess"));

        Assert.Equal(429, refusal.Status);
        Assert.Equal("locked", refusal.Code);
        Assert.Equal(TimeSpan.FromSeconds(30), refusal.RetryAfter);
        Assert.True(refusal.IsTransient);
    }

    [Fact]
    public async Task A_challenge_is_solved_and_the_secret_that_was_made_is_kept()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(rig.Gateway.Http);
        rig.World.Accounts.Challenge = "pow1.8.99.x";

        var session = await accounts.LoginDevice();

        Assert.Equal("made", session.DeviceId);
        var bodies = rig.World.Accounts.Requests.Select(each => each.Body).ToArray();
        Assert.Equal("{}", bodies[0]);
        Assert.Matches("""^\{"deviceId":"made","proof":"pow1\.8\.99\.x\.\d+"\}$""", bodies[1]);
        var proof = System.Text.Json.JsonDocument.Parse(bodies[1]).RootElement.GetProperty("proof").GetString()!;
        Assert.Equal(0, System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(proof))[0]);
    }

    [Fact]
    public async Task A_challenge_of_another_kind_is_the_apps()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(rig.Gateway.Http) { DeviceId = "d-1" };
        rig.World.Accounts.Challenge = "which one is a bus?";
        await Assert.ThrowsAsync<NotSupportedException>(() => accounts.Register("alice", "secret"));

        accounts.Prove = (challenge, _) => Task.FromResult($"{challenge} the third");
        await accounts.Register("alice", "secret");

        Assert.Equal(
            """{"name":"alice","password":"secret","deviceId":"d-1","proof":"which one is a bus? the third"}""",
            rig.World.Accounts.Requests.Last().Body);
    }

    [Fact]
    public async Task A_gateway_that_cannot_be_reached_is_passed_over()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(new Uri("http://localhost:1"), rig.Gateway.Http);

        await accounts.LoginDevice("d-1");
        await accounts.LoginDevice("d-1");
    }

    [Fact]
    public async Task Tokens_near_their_end_are_refreshed_before_they_are_shown()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(rig.Gateway.Http);
        var shown = "";
        rig.World.Judge = request =>
        {
            shown = LoginRequest.Parser.ParseFrom(request.Body).AccessToken;
            return GameError.Ok;
        };
        var client = rig.Client(rig.Options(PreferredTransport.Tcp), accounts, Rig.Account(seconds: 5));

        await client.Connect();

        Assert.Equal("access-1", shown);
        Assert.Equal("refresh-1", client.Account.RefreshToken);
    }

    [Fact]
    public async Task Tokens_near_their_end_are_refreshed_while_online()
    {
        await using var rig = await Rig.Start();
        rig.World.Limits.HeartbeatEveryMs = 40;
        using var accounts = new AccountsClient(rig.Gateway.Http);
        var account = Rig.Account(seconds: 10.5);
        var client = rig.Client(rig.Options(PreferredTransport.Tcp), accounts, account);
        await client.Connect();

        await Wait.Until(() => client.Account.AccessToken == "access-1");
    }

    [Fact]
    public async Task A_token_that_the_gateway_does_not_take_is_refreshed_once()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(rig.Gateway.Http);
        rig.World.Judge = request => LoginRequest.Parser.ParseFrom(request.Body).AccessToken == "access-1"
            ? GameError.Ok
            : GameError.TokenInvalid;
        var client = rig.Client(rig.Options(PreferredTransport.Tcp), accounts);

        await client.Connect();

        Assert.Equal("access-1", client.Account.AccessToken);
    }

    [Fact]
    public async Task Tokens_that_are_refused_for_good_end_the_log_in()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(rig.Gateway.Http);
        rig.World.Judge = _ => GameError.TokenInvalid;
        var client = rig.Client(rig.Options(PreferredTransport.Tcp), accounts);

        var refusal = await Assert.ThrowsAsync<ClientClosedException>(() => client.Connect());

        Assert.Equal(CloseReason.LoginRefused, refusal.Reason);
    }

    [Fact]
    public async Task A_refused_refresh_falls_back_to_logging_in_anew()
    {
        await using var rig = await Rig.Start();
        using var accounts = new AccountsClient(rig.Gateway.Http);
        rig.World.Accounts.Refusal = (401, "refresh_invalid", null);
        rig.World.Judge = request => LoginRequest.Parser.ParseFrom(request.Body).AccessToken == "anew"
            ? GameError.Ok
            : GameError.TokenInvalid;
        var options = rig.Options(PreferredTransport.Tcp) with
        {
            Reauthenticate = _ => Task.FromResult(Rig.Account("anew")),
        };
        var client = rig.Client(options, accounts);

        await client.Connect();

        Assert.Equal("anew", client.Account.AccessToken);
    }

    [Fact]
    public async Task A_banned_player_is_told()
    {
        await using var rig = await Rig.Start();
        rig.World.Judge = _ => GameError.Banned;
        var client = rig.Client(rig.Options(PreferredTransport.Tcp));

        var refusal = await Assert.ThrowsAsync<ClientClosedException>(() => client.Connect());

        Assert.Equal(CloseReason.Banned, refusal.Reason);
    }
}
