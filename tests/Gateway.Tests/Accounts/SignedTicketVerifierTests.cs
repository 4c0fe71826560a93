using GameBackend.Accounts.Testing;
using GameBackend.Gateway.Accounts;

namespace GameBackend.Gateway.Tests.Accounts;

public sealed class SignedTicketVerifierTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public async Task A_ticket_names_its_subject_until_it_expires()
    {
        var verifier = Verifier("studio");
        var ticket = verifier.Sign("Zoë/42", _clock.GetUtcNow().AddMinutes(5));

        Assert.Equal("Zoë/42", await verifier.Verify(ticket, default));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await verifier.Verify(ticket, default));
    }

    [Fact]
    public async Task A_ticket_that_lives_too_long_is_refused()
    {
        var verifier = Verifier("studio");

        Assert.Null(await verifier.Verify(verifier.Sign("me", _clock.GetUtcNow().AddHours(1)), default));
    }

    [Fact]
    public async Task A_ticket_of_another_provider_or_under_another_secret_is_refused()
    {
        var expiry = _clock.GetUtcNow().AddMinutes(5);

        Assert.Null(await Verifier("studio").Verify(Verifier("other").Sign("me", expiry), default));
        var forged = Verifier("studio", "the secret of somebody else, 32 bytes or more").Sign("me", expiry);
        Assert.Null(await Verifier("studio").Verify(forged, default));
    }

    [Fact]
    public async Task Mutated_tickets_are_refused_without_an_exception()
    {
        var verifier = Verifier("studio");
        var good = verifier.Sign("subject", _clock.GetUtcNow().AddMinutes(5));
        var random = new Random(3);
        for (var round = 0; round < 20_000; round++)
        {
            var text = good.ToCharArray();
            text[random.Next(text.Length)] = (char)random.Next(round % 2 == 0 ? 128 : 0x10000);
            var mutated = new string(text);
            if (mutated != good)
                Assert.Null(await verifier.Verify(mutated, default));
        }

        foreach (var bad in new[] { "", "..", ".", "a.b.c", "....", good + ".", good[..^1] })
            Assert.Null(await verifier.Verify(bad, default));
    }

    private SignedTicketVerifier Verifier(string provider, string secret = "a secret shared with a studio's server") =>
        new(provider, new() { Secret = secret }, _clock);
}
