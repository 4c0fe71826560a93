using System.Net;
using GameBackend.Accounts.Testing;
using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Sessions;
using GameBackend.Grains;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Accounts;

[Collection(nameof(AccountCluster))]
public sealed class AccountEndpointsTests(AccountCluster cluster) : IAsyncLifetime
{
    private const string Password = "correct horse";

    private AccountApi _api = null!;

    public async Task InitializeAsync() => _api = await AccountApi.Start(
        cluster, services => services.AddSingleton<IExternalIdentityVerifier, FakeVerifier>()
            .AddSingleton<GatewayList>(() =>
                [new(Guid.NewGuid(), "a", "host:7700", "ws://host:7710/ws", "host:7720", 1, false)]));

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_registration_gives_a_session_of_the_agreed_shape()
    {
        var session = (await _api.Register(Name(), Password)).MustBe(HttpStatusCode.Created);

        Assert.Equal("application/json", session.MediaType);
        Assert.Equal(
            ["playerId", "accessToken", "accessExpiresInSeconds", "refreshToken", "gateways"],
            session.Body!.AsObject().Select(each => each.Key));
        Assert.Equal(900, session.Body["accessExpiresInSeconds"]!.GetValue<int>());
        Assert.Equal(["host:7700 ws://host:7710/ws host:7720"], session.Gateways);
        Assert.True(_api.Tokens.TryRead(session.AccessToken, out var token));
        Assert.Equal(session.PlayerId, $"{token.PlayerId}");
        Assert.Equal(GameError.Ok, await cluster.Account(token.PlayerId).Check(token.Generation, token.Line));
    }

    [Fact]
    public async Task A_name_is_taken_once_whatever_its_case()
    {
        var name = Name();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            each => _api.Register(each % 2 == 0 ? name : name.ToUpperInvariant(), Password)));

        Assert.Single(answers, each => each.Status == HttpStatusCode.Created);
        Assert.All(
            answers.Where(each => each.Status != HttpStatusCode.Created),
            each => each.MustBe(HttpStatusCode.Conflict, "name_taken"));
        var session = (await _api.LogIn(name, Password)).MustBe(HttpStatusCode.OK);
        Assert.Equal(answers.Single(each => each.Status == HttpStatusCode.Created).PlayerId, session.PlayerId);
    }

    [Theory]
    [InlineData("ab", Password, "name_invalid")]
    [InlineData("with a space", Password, "name_invalid")]
    [InlineData("with/slash", Password, "name_invalid")]
    [InlineData("zoë", Password, "name_invalid")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123456789", Password, "name_invalid")]
    [InlineData("somebody", "1234567", "password_weak")]
    [InlineData("somebody", "SomeBody", "password_weak")]
    public async Task A_bad_name_or_password_is_refused(string name, string password, string code)
    {
        (await _api.Register(name, password)).MustBe(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_password_is_bounded_above_too()
    {
        (await _api.Register(Name(), new string('x', 129))).MustBe(HttpStatusCode.BadRequest, "password_weak");
        (await _api.Register(Name(), new string('x', 128))).MustBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_name_that_nobody_has_answers_like_a_wrong_password()
    {
        var name = Name();
        await _api.Register(name, Password);

        var wrong = (await _api.LogIn(name, "wrong horse")).MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
        foreach (var stranger in new[] { Name(), "no name at all" })
        {
            var unknown = (await _api.LogIn(stranger, "wrong horse"))
                .MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
            Assert.Equal(wrong.Body!.ToJsonString(), unknown.Body!.ToJsonString());
        }
    }

    [Fact]
    public async Task Repeated_failures_lock_a_name_for_their_address_whether_it_exists_or_not()
    {
        var known = Name();
        await _api.Register(known, Password);
        foreach (var name in new[] { known, Name() })
        {
            for (var failure = 0; failure < 5; failure++)
                (await _api.LogIn(name, "wrong horse")).MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
            var locked = (await _api.LogIn(name, Password)).MustBe(HttpStatusCode.TooManyRequests, "locked");
            Assert.InRange(locked.RetryAfter!.Value.TotalSeconds, 20, 30);
        }

        using (var another = _api.At("127.0.0.2"))
            (await another.LogIn(known, Password)).MustBe(HttpStatusCode.OK);
        cluster.Clock.Advance(TimeSpan.FromSeconds(30));
        (await _api.LogIn(known, Password)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_device_that_had_the_right_password_gets_in_where_others_of_its_address_are_locked_out()
    {
        var (name, deviceId) = (Name(), $"{Guid.NewGuid()}");
        await _api.Register(name, Password);
        Task<Answer> LogIn(string password) =>
            _api.Post("/v1/accounts/login", new { name, password, deviceId });
        (await LogIn(Password)).MustBe(HttpStatusCode.OK);
        for (var failure = 0; failure < 5; failure++)
            (await _api.LogIn(name, "wrong horse")).MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");

        (await _api.LogIn(name, Password)).MustBe(HttpStatusCode.TooManyRequests, "locked");
        (await LogIn(Password)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_address_sends_only_so_many_wrong_passwords_over_all_names()
    {
        await using var api = await AccountApi.Start(cluster, null, ("WrongPasswordBurst", "3"));
        var name = Name();
        (await api.Register(name, Password)).MustBe(HttpStatusCode.Created);
        for (var guess = 0; guess < 3; guess++)
            (await api.LogIn(Name(), Password)).MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");

        var refused = (await api.LogIn(name, Password)).MustBe(HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.InRange(refused.RetryAfter!.Value.TotalSeconds, 1, 2);
        using var another = api.At("127.0.0.2");
        (await another.LogIn(name, Password)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_device_is_the_same_player_each_time_and_its_id_is_stored_nowhere()
    {
        var device = $"{Guid.NewGuid()}";

        var first = (await _api.Device(device)).MustBe(HttpStatusCode.OK);
        var second = (await _api.Device(device)).MustBe(HttpStatusCode.OK);

        Assert.Equal(first.PlayerId, second.PlayerId);
        var account = cluster.Account(long.Parse(first.PlayerId, null)).GetGrainId();
        var saved = cluster.Storage.Find<AccountState>("account", account)!;
        Assert.DoesNotContain(device, saved.Identity, StringComparison.Ordinal);
        Assert.NotEqual(first.PlayerId, (await _api.Device(device.ToUpperInvariant())).PlayerId);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(129)]
    public async Task A_device_id_has_16_to_128_characters(int length)
    {
        (await _api.Device(new string('d', length))).MustBe(HttpStatusCode.BadRequest, "device_invalid");
    }

    [Fact]
    public async Task An_outside_identity_logs_in_by_a_ticket_of_its_provider()
    {
        var signer = new SignedTicketVerifier("studio", new() { Secret = AccountApi.TicketSecret }, cluster.Clock);
        var subject = Name();
        var expiry = cluster.Clock.GetUtcNow().AddMinutes(1);

        var first = (await _api.External("studio", signer.Sign(subject, expiry))).MustBe(HttpStatusCode.OK);
        var second = (await _api.External("studio", signer.Sign(subject, expiry))).MustBe(HttpStatusCode.OK);

        Assert.Equal(first.PlayerId, second.PlayerId);
        (await _api.External("studio", "forged")).MustBe(HttpStatusCode.Unauthorized, "external_refused");
        (await _api.External("nobody", "x")).MustBe(HttpStatusCode.BadRequest, "provider_unknown");
    }

    [Fact]
    public async Task A_studios_own_verifier_stands_beside_the_built_in_one()
    {
        (await _api.External("fake", "good")).MustBe(HttpStatusCode.OK);
        (await _api.External("fake", "bad")).MustBe(HttpStatusCode.Unauthorized, "external_refused");
        (await _api.External("fake", "nonsense")).MustBe(HttpStatusCode.Unauthorized, "external_refused");
        (await _api.External("fake", "down")).MustBe(HttpStatusCode.ServiceUnavailable, "unavailable");
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_its_reuse_kills_its_line()
    {
        var session = await _api.Device($"{Guid.NewGuid()}");

        var next = (await _api.Refresh(session.RefreshToken)).MustBe(HttpStatusCode.OK);
        Assert.Equal(session.PlayerId, next.PlayerId);
        cluster.Clock.Advance(TimeSpan.FromMinutes(1));
        (await _api.Refresh(session.RefreshToken)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        (await _api.Refresh(next.RefreshToken)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        (await _api.LogOut(next.AccessToken)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("0.AAAAAAAAAAA.AAAA")]
    [InlineData("-1.AAAAAAAAAAA.AAAA")]
    [InlineData("99999999999999999999.AAAAAAAAAAA.AAAA")]
    [InlineData("42.AAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_refresh_token_that_is_none_is_refused(string token)
    {
        (await _api.Refresh(token)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
    }

    [Fact]
    public async Task Logging_out_kills_every_token_and_the_connection_at_once()
    {
        var session = await _api.Device($"{Guid.NewGuid()}");

        (await _api.LogOut(session.AccessToken)).MustBe(HttpStatusCode.NoContent);

        (await _api.LogOut(session.AccessToken)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        (await _api.Refresh(session.RefreshToken)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        var kicks = cluster.Players.Of(long.Parse(session.PlayerId, null));
        Assert.Equal(GoodbyeReason.Revoked, Assert.Single(kicks).Reason);
    }

    [Fact]
    public async Task Nobody_is_logged_out_without_a_token_that_holds()
    {
        (await _api.LogOut(null)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        (await _api.LogOut("x.y.z")).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        var session = await _api.Device($"{Guid.NewGuid()}");
        cluster.Clock.Advance(TimeSpan.FromMinutes(15));
        (await _api.LogOut(session.AccessToken)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
    }

    [Fact]
    public async Task A_password_change_kills_all_earlier_tokens_and_gives_new_ones()
    {
        var name = Name();
        var before = await _api.Register(name, Password);
        var elsewhere = await _api.LogIn(name, Password);

        var after = (await _api.ChangePassword(before.AccessToken, name, Password, "battery staple"))
            .MustBe(HttpStatusCode.OK);

        foreach (var old in new[] { before, elsewhere })
        {
            (await _api.LogOut(old.AccessToken)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
            (await _api.Refresh(old.RefreshToken)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        }

        (await _api.LogIn(name, Password)).MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
        (await _api.LogIn(name, "battery staple")).MustBe(HttpStatusCode.OK);
        (await _api.LogOut(after.AccessToken)).MustBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_password_change_needs_the_own_name_the_old_password_and_a_good_new_one()
    {
        var name = Name();
        var other = Name();
        var session = await _api.Register(name, Password);
        await _api.Register(other, Password);

        (await _api.ChangePassword(session.AccessToken, name, "wrong horse", "battery staple"))
            .MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
        (await _api.ChangePassword(session.AccessToken, other, Password, "battery staple"))
            .MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
        (await _api.ChangePassword(session.AccessToken, name, Password, "short"))
            .MustBe(HttpStatusCode.BadRequest, "password_weak");
        (await _api.ChangePassword("no token", name, Password, "battery staple"))
            .MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        (await _api.LogOut(session.AccessToken)).MustBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_ban_shuts_a_player_out_until_it_ends_or_is_lifted()
    {
        var name = Name();
        var session = await _api.Register(name, Password);
        var until = cluster.Clock.GetUtcNow().AddMinutes(10).ToUnixTimeMilliseconds();

        (await _api.Admin("ban", new { playerId = session.PlayerId, untilUnixMs = until, reason = "cheating" }))
            .MustBe(HttpStatusCode.NoContent);

        var banned = (await _api.LogIn(name, Password)).MustBe(HttpStatusCode.Forbidden, "banned");
        Assert.InRange(banned.RetryAfter!.Value.TotalMinutes, 9, 10);
        (await _api.Refresh(session.RefreshToken)).MustBe(HttpStatusCode.Forbidden, "banned");
        (await _api.LogOut(session.AccessToken)).MustBe(HttpStatusCode.Forbidden, "banned");
        Assert.Equal(
            new Kicked(GoodbyeReason.Banned, "cheating"),
            Assert.Single(cluster.Players.Of(long.Parse(session.PlayerId, null))));

        (await _api.Admin("unban", new { playerId = session.PlayerId })).MustBe(HttpStatusCode.NoContent);
        (await _api.LogIn(name, Password)).MustBe(HttpStatusCode.OK);
        (await _api.Admin("ban", new { playerId = session.PlayerId, reason = "again" }))
            .MustBe(HttpStatusCode.NoContent);
        var forGood = (await _api.LogIn(name, Password)).MustBe(HttpStatusCode.Forbidden, "banned");
        Assert.Null(forGood.RetryAfter);
    }

    [Fact]
    public async Task A_ban_needs_the_key_a_player_and_a_time_to_come()
    {
        var session = await _api.Device($"{Guid.NewGuid()}");
        var ban = new { playerId = session.PlayerId, reason = "" };

        (await _api.Admin("ban", ban, key: null)).MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
        (await _api.Admin("ban", ban, key: AccountApi.AdminKey + "x"))
            .MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
        (await _api.Admin("unban", ban, key: "")).MustBe(HttpStatusCode.Unauthorized, "wrong_credentials");
        (await _api.Admin("ban", new { playerId = "1", reason = "" }))
            .MustBe(HttpStatusCode.NotFound, "invalid_request");
        (await _api.Admin("ban", new { playerId = "0", reason = "" }))
            .MustBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.Admin("ban", new { session.PlayerId, reason = "" }))
            .MustBe(HttpStatusCode.BadRequest, "invalid_request");
        foreach (var until in new[] { 0, long.MaxValue, long.MinValue })
            (await _api.Admin("ban", new { playerId = session.PlayerId, untilUnixMs = until, reason = "" }))
                .MustBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.LogOut(session.AccessToken)).MustBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Without_an_admin_key_there_are_no_admin_routes()
    {
        await using var api = await AccountApi.Start(cluster, null, ("Admin:Key", null));

        (await api.Admin("ban", new { playerId = "1", reason = "" }, key: "")).MustBe(HttpStatusCode.NotFound);
        (await api.Admin("unban", new { playerId = "1" }, key: null)).MustBe(HttpStatusCode.NotFound);
    }

    private static string Name() => $"n{Guid.NewGuid():N}";

    private sealed class FakeVerifier : IExternalIdentityVerifier
    {
        public string Provider => "fake";

        public Task<string?> Verify(string token, CancellationToken cancellationToken) => token switch
        {
            "good" => Task.FromResult<string?>("subject"),
            "nonsense" => Task.FromResult<string?>("a\nb"),
            "down" => throw new HttpRequestException("The provider is down."),
            _ => Task.FromResult<string?>(null),
        };
    }
}
