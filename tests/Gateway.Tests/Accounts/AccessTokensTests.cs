using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using GameBackend.Accounts.Testing;
using GameBackend.Gateway.Accounts;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Tests.Accounts;

public sealed class AccessTokensTests
{
    private const string Key = "a signing key of the tests, 32 bytes or more";
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(long.MaxValue, uint.MaxValue, ulong.MaxValue)]
    public void A_token_is_read_as_it_was_issued(long playerId, uint generation, ulong line)
    {
        var tokens = Tokens(Key);

        Assert.True(tokens.TryRead(tokens.Issue(playerId, generation, line), out var read));

        Assert.Equal((playerId, generation, line), (read.PlayerId, read.Generation, read.Line));
        Assert.InRange(read.ExpiresAt - _clock.GetUtcNow(), TimeSpan.FromMinutes(14.9), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void A_token_is_a_standard_JWT()
    {
        var parts = Tokens(Key).Issue(42, 7, 9).Split('.');

        Assert.Equal("""{"alg":"HS256","typ":"JWT"}""", Decode(parts[0]));
        Assert.Matches(
            """^\{"iss":"gamebackend","sub":"42","gen":7,"lin":9,"iat":\d+,"exp":\d+\}$""", Decode(parts[1]));
        Assert.Equal(Sign($"{parts[0]}.{parts[1]}"), string.Join('.', parts));
    }

    [Fact]
    public void A_token_dies_when_it_expires()
    {
        var tokens = Tokens(Key);
        var token = tokens.Issue(42, 1, 9);

        _clock.Advance(TimeSpan.FromMinutes(14));
        Assert.True(tokens.TryRead(token, out _));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(tokens.TryRead(token, out _));
    }

    [Fact]
    public void A_token_under_another_key_is_forged()
    {
        var forged = Tokens("another key, and at least 32 bytes of it").Issue(42, 1, 9);

        Assert.False(Tokens(Key).TryRead(forged, out var read));
        Assert.Equal(default, read);
    }

    [Fact]
    public void A_token_under_the_previous_key_holds_and_new_ones_come_under_the_new()
    {
        const string newKey = "the key after the rotation, 32 bytes or more";
        var old = Tokens(Key).Issue(42, 1, 9);
        var rotated = Tokens(newKey, Key);

        Assert.True(rotated.TryRead(old, out _));
        Assert.True(Tokens(newKey).TryRead(rotated.Issue(42, 1, 9), out _));
        Assert.False(Tokens(newKey).TryRead(old, out _));
    }

    [Fact]
    public void A_key_in_base64_is_the_bytes_that_it_stands_for()
    {
        var bytes = RandomNumberGenerator.GetBytes(48);
        var token = Tokens(Convert.ToBase64String(bytes)).Issue(42, 1, 9);
        var signed = token[..token.LastIndexOf('.')];

        Assert.EndsWith(Base64Url.EncodeToString(HMACSHA256.HashData(bytes, Encoding.ASCII.GetBytes(signed))), token);
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"JWT"}""")]
    [InlineData("""{"alg":"None","typ":"JWT"}""")]
    [InlineData("""{"alg":"HS512","typ":"JWT"}""")]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""")]
    [InlineData("""{"typ":"JWT","alg":"HS256"}""")]
    public void A_token_has_no_say_in_its_algorithm(string header)
    {
        var tokens = Tokens(Key);
        var payload = tokens.Issue(42, 1, 9).Split('.')[1];
        var signed = $"{Encode(header)}.{payload}";

        Assert.False(tokens.TryRead($"{signed}.", out _));
        Assert.False(tokens.TryRead(Sign(signed), out _));
    }

    [Theory]
    [InlineData("""{"iss":"gamebackend","sub":"42","gen":1,"exp":99999999999}""", true)]
    [InlineData("""{"exp":99999999999,"x":{"sub":["1"]},"gen":1,"sub":"42","iss":"gamebackend"}""", true)]
    [InlineData("""{"iss":"other","sub":"42","gen":1,"exp":99999999999}""", false)]
    [InlineData("""{"sub":"42","gen":1,"exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","gen":1,"exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"42","exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"42","gen":1}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"-42","gen":1,"exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"0","gen":1,"exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"9223372036854775808","gen":1,"exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":42,"gen":1,"exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"42","gen":-1,"exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"42","gen":1.5,"exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"42","gen":"1","exp":99999999999}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"42","gen":1,"exp":9223372036854775807}""", false)]
    [InlineData("""{"iss":"gamebackend","sub":"42","gen":1,"exp":1e400}""", false)]
    [InlineData("""["iss","gamebackend"]""", false)]
    [InlineData("42", false)]
    [InlineData("\"text\"", false)]
    [InlineData("null", false)]
    [InlineData("{", false)]
    [InlineData("{\"iss\":\"gamebackend", false)]
    [InlineData("\u0000\u0001", false)]
    public void A_well_signed_payload_must_be_ours_and_whole(string payload, bool holds)
    {
        var header = Tokens(Key).Issue(42, 1, 9).Split('.')[0];

        Assert.Equal(holds, Tokens(Key).TryRead(Sign($"{header}.{Encode(payload)}"), out _));
    }

    [Fact]
    public void A_hundred_thousand_mutations_and_heaps_of_noise_are_refused_without_an_exception()
    {
        var tokens = Tokens(Key);
        var good = tokens.Issue(1234567890123456789, 3, 9);
        var random = new Random(20);
        for (var round = 0; round < 100_000; round++)
        {
            var text = (round % 4) switch
            {
                0 => Mutated(good, random, 128),
                1 => Mutated(good, random, 0x10000),
                2 => Cut(good, random),
                _ => Noise(random),
            };
            if (text != good)
                Assert.False(tokens.TryRead(text, out _), text);
        }
    }

    [Fact]
    public void Nothing_too_long_or_missing_is_read()
    {
        var tokens = Tokens(Key);
        var good = tokens.Issue(1, 1, 9);

        string?[] bads = [null, "", ".", "..", "...", new('.', 300), new('A', 1_000_000), good + good, good + "="];
        foreach (var bad in bads)
            Assert.False(tokens.TryRead(bad, out _));

        var header = good.Split('.')[0];
        Assert.False(tokens.TryRead(Sign($"{header}.{new string('A', 5000)}"), out _));
        Assert.False(tokens.TryRead(Sign($"{header}."), out _));
    }

    private AccessTokens Tokens(string key, params string[] previous) => new(
        Options.Create(new AccountsOptions { SigningKey = key, PreviousSigningKeys = previous }), _clock);

    private static string Mutated(string good, Random random, int range)
    {
        var text = new StringBuilder(good);
        for (var edit = random.Next(1, 4); edit > 0; edit--)
            text[random.Next(text.Length)] = (char)random.Next(range);
        return text.ToString();
    }

    private static string Cut(string good, Random random)
    {
        var at = random.Next(good.Length);
        return random.Next(3) switch
        {
            0 => good[..at],
            1 => good.Remove(at, random.Next(1, good.Length - at + 1)),
            _ => good.Insert(at, good[random.Next(good.Length)].ToString()),
        };
    }

    private static string Noise(Random random)
    {
        var bytes = new byte[random.Next(600)];
        random.NextBytes(bytes);
        var noise = random.Next(2) == 0 ? Encoding.Latin1.GetString(bytes) : Base64Url.EncodeToString(bytes);
        return random.Next(2) == 0 ? noise : $"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{noise}";
    }

    private static string Sign(string signed)
    {
        var signature = HMACSHA256.HashData(Encoding.ASCII.GetBytes(Key), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Decode(string text) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
}
