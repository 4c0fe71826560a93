using GameBackend.Gateway.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Tests.Accounts;

public sealed class AccountsOptionsTests
{
    private const string LongKey = "a signing key of the tests, 32 bytes or more";

    [Fact]
    public async Task The_built_in_key_stops_the_host_outside_development()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => Start("Production"));

        Assert.Contains("Accounts:SigningKey", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'Production'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_built_in_key_is_taken_in_development()
    {
        await Start("Development");
    }

    [Fact]
    public async Task The_built_in_key_is_refused_as_a_previous_key_too()
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => Start(
            "Production",
            ("SigningKey", LongKey),
            ("PreviousSigningKeys:0", AccountsOptions.DevelopmentSigningKey)));
    }

    [Fact]
    public async Task A_key_of_ones_own_is_taken_in_production()
    {
        await Start("Production", ("SigningKey", LongKey));
    }

    [Theory]
    [InlineData("SigningKey", "too short")]
    [InlineData("SigningKey", "")]
    [InlineData("PreviousSigningKeys:0", "too short")]
    [InlineData("AccessTokenLifetime", "00:00:00")]
    [InlineData("PasswordMaxLength", "7")]
    [InlineData("PasswordRequestsPerSecond", "0")]
    [InlineData("Issuer", "a \"quoted\" issuer")]
    [InlineData("TicketProviders:studio:Secret", "too short")]
    [InlineData("TicketProviders:Steam!:Secret", LongKey)]
    public async Task Options_that_are_not_safe_stop_the_host(string option, string value)
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => Start("Development", (option, value)));
    }

    private static async Task Start(string environment, params (string Option, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(
            settings.Select(each => KeyValuePair.Create($"Accounts:{each.Option}", (string?)each.Value)));
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddAccounts(builder.Configuration);
        await using var app = builder.Build();
        await app.StartAsync();
    }
}
