using System.Net;
using System.Text;
using GameBackend.Accounts.Testing;
using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Sessions;
using GameBackend.Grains;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Accounts;

[Collection(nameof(AccountCluster))]
public sealed class AccountGuardTests(AccountCluster cluster)
{
    private static readonly string[] Paths =
    [
        "/v1/accounts/register", "/v1/accounts/login", "/v1/accounts/device", "/v1/accounts/external",
        "/v1/accounts/refresh",
        "/v1/admin/ban", "/v1/admin/unban",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("""{"name":null,"password":null,"deviceId":0,"provider":null,"token":null,"refreshToken":null}""")]
    [InlineData("""{"name":1,"password":2,"deviceId":3,"provider":4,"token":5,"refreshToken":6}""")]
    [InlineData("""{"name":"\ud800","deviceId":"\ud800","provider":"\ud800","refreshToken":"\ud800"}""")]
    [InlineData("""{"x":[[[[[[[[[[[[]]]]]]]]]]]]}""")]
    [InlineData("\0\0\0\0")]
    public async Task A_body_that_is_not_what_the_route_takes_is_refused(string body)
    {
        await using var api = await AccountApi.Start(cluster);
        foreach (var path in Paths)
        {
            var answer = await api.Send(path, Encoding.UTF8.GetBytes(body), adminKey: AccountApi.AdminKey);
            answer.MustBe(HttpStatusCode.BadRequest, "invalid_request");
        }
    }

    [Fact]
    public async Task A_body_over_4_KiB_is_refused_with_and_without_a_length()
    {
        await using var api = await AccountApi.Start(cluster);
        var fits = Encoding.UTF8.GetBytes($$"""{"refreshToken":"{{new string('x', 4096 - 19)}}"}""");
        Assert.Equal(4096, fits.Length);

        (await api.Send("/v1/accounts/refresh", fits)).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
        (await api.Send("/v1/accounts/refresh", [.. fits, (byte)' ']))
            .MustBe(HttpStatusCode.RequestEntityTooLarge, "too_large");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/accounts/refresh");
        request.Content = new ByteArrayContent(new byte[100_000]);
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = true;
        using var response = await api.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Garbage_never_gets_anything_but_a_refusal_or_a_new_device()
    {
        await using var api = await AccountApi.Start(cluster);
        var random = new Random(11);
        var good = """{"name":"x","password":"y","deviceId":"z","provider":"p","refreshToken":"r"}"""u8.ToArray();
        for (var round = 0; round < 500; round++)
        {
            var body = good.ToArray();
            for (var edit = random.Next(1, 8); edit > 0; edit--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
            var answer = await api.Send(Paths[random.Next(5)], body);
            // A device that sends no secret is given one, whatever else it sends.
            if (answer.Body?["deviceId"] is not null)
                continue;
            Assert.InRange((int)answer.Status, 400, 499);
            Assert.Equal("application/problem+json", answer.MediaType);
        }
    }

    [Fact]
    public async Task An_address_that_asks_too_often_is_told_when_to_come_back()
    {
        await using var api = await AccountApi.Start(
            cluster, null, ("PasswordRequestsPerSecond", "1"), ("PasswordRequestBurst", "3"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.LogIn("ab", "whatever")));

        Assert.InRange(answers.Count(each => each.Status == HttpStatusCode.Unauthorized), 3, 6);
        var limited = answers.Where(each => each.Status != HttpStatusCode.Unauthorized).ToArray();
        Assert.NotEmpty(limited);
        Assert.All(limited, each =>
        {
            each.MustBe(HttpStatusCode.TooManyRequests, "rate_limited");
            Assert.NotNull(each.RetryAfter);
        });
        (await api.Refresh("x")).MustBe(HttpStatusCode.Unauthorized, "token_invalid");
    }

    [Fact]
    public void An_address_is_itself_or_the_network_that_one_client_has()
    {
        Assert.Equal(IPAddress.Parse("10.1.2.3"), AccountRateLimits.Bucket(IPAddress.Parse("10.1.2.3")));
        Assert.Equal(IPAddress.Parse("10.1.2.3"), AccountRateLimits.Bucket(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.Equal(
            AccountRateLimits.Bucket(IPAddress.Parse("2001:db8:1:2::1")),
            AccountRateLimits.Bucket(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(
            AccountRateLimits.Bucket(IPAddress.Parse("2001:db8:1:2::1")),
            AccountRateLimits.Bucket(IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public async Task Storage_that_fails_is_answered_as_unavailable_and_the_next_try_works()
    {
        await using var api = await AccountApi.Start(cluster);
        var name = $"n{Guid.NewGuid():N}";
        cluster.Storage.BreakOnce((_, state) => state is AccountState ? WriteFault.Before : null);

        (await api.Register(name, "correct horse")).MustBe(HttpStatusCode.ServiceUnavailable, "unavailable");
        (await api.Register(name, "correct horse")).MustBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_gateway_of_the_list_is_the_players_own_then_the_emptiest_and_never_a_draining_one()
    {
        await using var api = await AccountApi.Start(cluster);
        var session = await api.Device($"{Guid.NewGuid()}");
        cluster.Players.PutAt(long.Parse(session.PlayerId, null), "full");
        GatewayEntry[] gateways =
        [
            Gateway("full", 500), Gateway("busy", 50), Gateway("empty", 0), Gateway("draining", 0, isDraining: true),
            Gateway("quiet", 10), Gateway("other", 60), Gateway("another", 70),
        ];

        await using var fresh = await AccountApi.Start(cluster, With(gateways));
        var refreshed = (await fresh.Refresh(session.RefreshToken)).MustBe(HttpStatusCode.OK);

        Assert.Equal(
            ["full:1 ws://full/ws ", "empty:1 ws://empty/ws ", "quiet:1 ws://quiet/ws ", "busy:1 ws://busy/ws "],
            refreshed.Gateways);
    }

    [Fact]
    public async Task A_burst_of_log_ins_is_spread_over_the_gateways()
    {
        await using var api = await AccountApi.Start(cluster, With([Gateway("one", 0), Gateway("two", 0)]));

        var sessions = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            _ => api.Register($"n{Guid.NewGuid():N}", "correct horse")));

        // Reading the list anew in between starts the count again, which may put it off by one.
        Assert.InRange(sessions.Count(each => each.Gateways[0].StartsWith("one", StringComparison.Ordinal)), 9, 11);
    }

    private static GatewayEntry Gateway(string name, int sessions, bool isDraining = false) =>
        new(Guid.NewGuid(), name, $"{name}:1", $"ws://{name}/ws", "", sessions, isDraining);

    private static Action<IServiceCollection> With(GatewayEntry[] gateways) =>
        services => services.AddSingleton<GatewayList>(() => gateways);
}
