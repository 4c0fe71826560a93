using System.Net;
using GameBackend.Accounts.Testing;
using GameBackend.Client.Accounts;
using GameBackend.Gateway.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Accounts;

/// <summary>Who may make an account, how many, and by what secret.</summary>
[Collection(nameof(AccountCluster))]
public sealed class NewAccountTests(AccountCluster cluster)
{
    private const string Password = "correct horse";

    [Fact]
    public async Task An_address_makes_only_so_many_accounts_and_logs_into_all_it_has()
    {
        await using var api = await AccountApi.Start(
            cluster, services => services.Configure<GatewayOptions>(gateway => gateway.ExemptNetworks = ["127.0.0.3"]),
            ("NewAccountsPerHour", "60"), ("NewAccountBurst", "3"));
        var devices = Enumerable.Range(0, 3).Select(_ => Secret()).ToArray();
        foreach (var device in devices)
            (await api.Device(device)).MustBe(HttpStatusCode.OK);

        var refused = (await api.Device(Secret())).MustBe(HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.InRange(refused.RetryAfter!.Value.TotalSeconds, 1, 60);
        (await api.Device(null)).MustBe(HttpStatusCode.TooManyRequests, "rate_limited");
        (await api.Register(Name(), Password)).MustBe(HttpStatusCode.TooManyRequests, "rate_limited");
        foreach (var device in devices)
            (await api.Device(device)).MustBe(HttpStatusCode.OK);
        // Who has been vouched for is not counted.
        var signer = new SignedTicketVerifier("studio", new() { Secret = AccountApi.TicketSecret }, cluster.Clock);
        (await api.External("studio", signer.Sign(Name(), cluster.Clock.GetUtcNow().AddMinutes(1))))
            .MustBe(HttpStatusCode.OK);
        using var another = api.At("127.0.0.2");
        (await another.Device(Secret())).MustBe(HttpStatusCode.OK);
        using var exempt = api.At("127.0.0.3");
        for (var device = 0; device < 10; device++)
            (await exempt.Device(Secret())).MustBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("0000000000000000")]
    [InlineData("0123456789abcdef")]
    [InlineData("1234567890123456")]
    [InlineData("fedcba9876543210")]
    [InlineData("abababababababababababababab")]
    [InlineData("abcdefghabcdefghabcdefghabcdefgh")]
    [InlineData("passwordpassword")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("00000000-0000-0000-0000-000000000001")]
    [InlineData("                ")]
    public async Task A_secret_that_is_easily_guessed_makes_no_account(string secret)
    {
        await using var api = await AccountApi.Start(cluster);
        (await api.Device(secret)).MustBe(HttpStatusCode.BadRequest, "device_invalid");
        (await api.Post("/v1/accounts/login", new { name = Name(), password = Password, deviceId = secret }))
            .MustBe(HttpStatusCode.BadRequest, "device_invalid");
    }

    [Fact]
    public void Secrets_that_are_drawn_at_random_are_taken()
    {
        var random = new Random(3);
        for (var draw = 0; draw < 2_000; draw++)
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            Assert.True(DeviceSecret.IsStrong(Convert.ToHexString(bytes)));
            Assert.True(DeviceSecret.IsStrong(Convert.ToBase64String(bytes)));
            Assert.True(DeviceSecret.IsStrong(new Guid(bytes).ToString()));
            Assert.True(DeviceSecret.IsStrong(DeviceSecret.Make()));
        }
    }

    [Fact]
    public async Task A_device_without_a_secret_is_given_one()
    {
        await using var api = await AccountApi.Start(cluster);

        var first = (await api.Device(null)).MustBe(HttpStatusCode.OK);
        var made = first.Body!["deviceId"]!.GetValue<string>();
        var second = (await api.Device(made)).MustBe(HttpStatusCode.OK);

        Assert.Equal(43, made.Length);
        Assert.Equal(first.PlayerId, second.PlayerId);
        Assert.Null(second.Body!["deviceId"]);
        Assert.NotEqual(first.PlayerId, (await api.Device(null)).PlayerId);
    }

    [Fact]
    public async Task A_proof_of_work_is_demanded_of_new_accounts_and_good_for_one()
    {
        await using var api = await AccountApi.Start(cluster, null, ("ProofOfWorkBits", "8"));
        var device = Secret();
        var challenge = Challenge(await api.Device(device));
        var proof = ProofOfWork.Solve(challenge, CancellationToken.None);

        Challenge(await api.Device(Secret(), proof));
        Challenge(await api.Device(device, $"{challenge}.x"));
        Challenge(await api.Device(device, proof.Replace("pow1.8.", "pow1.1.", StringComparison.Ordinal)));
        (await api.Device(device, proof)).MustBe(HttpStatusCode.OK);
        (await api.Device(device)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_proof_of_work_is_good_for_some_minutes_and_for_names_too()
    {
        await using var api = await AccountApi.Start(cluster, null, ("ProofOfWorkBits", "8"));
        var name = Name();
        var proof = ProofOfWork.Solve(Challenge(await api.Register(name, Password)), CancellationToken.None);
        cluster.Clock.Advance(TimeSpan.FromMinutes(6));

        var again = Challenge(await Register(proof));
        (await Register(ProofOfWork.Solve(again, CancellationToken.None))).MustBe(HttpStatusCode.Created);

        Task<Answer> Register(string sent) =>
            api.Post("/v1/accounts/register", new { name, password = Password, proof = sent });
    }

    [Fact]
    public async Task A_secret_that_was_made_comes_with_the_challenge()
    {
        await using var api = await AccountApi.Start(cluster, null, ("ProofOfWorkBits", "8"));
        var refused = await api.Device(null);
        var made = refused.Body!["deviceId"]!.GetValue<string>();

        var proof = ProofOfWork.Solve(Challenge(refused), CancellationToken.None);

        (await api.Device(made, proof)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_studios_own_check_decides()
    {
        await using var api = await AccountApi.Start(
            cluster, services => services.AddSingleton<INewAccountCheck, Captcha>());

        Assert.Equal("which one is a bus?", Challenge(await api.Device(Secret())));
        (await api.Device(Secret(), "down")).MustBe(HttpStatusCode.ServiceUnavailable, "unavailable");
        (await api.Device(Secret(), "the third")).MustBe(HttpStatusCode.OK);
    }

    private static string Challenge(Answer answer)
    {
        answer.MustBe(HttpStatusCode.Forbidden, "proof_required");
        return answer.Body!["challenge"]!.GetValue<string>();
    }

    private static string Secret() => $"{Guid.NewGuid()}";

    private static string Name() => $"n{Guid.NewGuid():N}";

    private sealed class Captcha : INewAccountCheck
    {
        public Task<string?> Check(NewAccountRequest request, CancellationToken cancellationToken) =>
            request.Proof switch
            {
                "the third" => Task.FromResult<string?>(null),
                "down" => throw new HttpRequestException("The captcha's server is down."),
                _ => Task.FromResult<string?>("which one is a bus?"),
            };
    }
}
