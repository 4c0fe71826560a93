using GameBackend.Client;
using GameBackend.Client.Accounts;

namespace GameBackend.Gateway.Tests.Letters;

/// <summary>Pages of letters are cut where a frame ends, and read to the end with the SDK.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class LetterPageTests(SharedBackend shared)
{
    private const int Letters = 20;

    private readonly Backend _backend = shared.Backend;

    [Theory]
    [InlineData(PreferredTransport.Tcp)]
    [InlineData(PreferredTransport.WebSocket)]
    [InlineData(PreferredTransport.Kcp)]
    public async Task Twenty_long_letters_are_listed_page_by_page(PreferredTransport transport)
    {
        using var accounts = new AccountsClient(_backend.Http.BaseAddress!);
        var account = await accounts.LoginDevice($"device-{Guid.NewGuid():N}");
        await using var bob = new GameClient(accounts, account, new GameClientOptions { Transport = transport });
        await bob.Connect();
        await bob.Player.Create($"l{bob.PlayerId % 1_000_000_000_000:x}");
        await using var ann = await (await _backend.NewAccount()).LogIn(Transport.Tcp);
        await ann.Ask<CreatePlayerRequest, CreatePlayerReply>(new CreatePlayerRequest { Name = WideName() });
        for (var i = 0; i < Letters; i++)
        {
            await ann.Ask<SendLetterRequest, SendLetterReply>(new SendLetterRequest
            {
                To = bob.PlayerId,
                Subject = new string('\u3042', 60),
                Text = new string('\u3042', 1000),
                Value = new Value { Currencies = { new Balance { Currency = "gold", Amount = 1 } } },
            });
        }

        var (ids, pages, before) = (new List<ulong>(), 0, 0UL);
        do
        {
            var page = await bob.Letters.List(before).Within();
            ids.AddRange(page.Letters.Select(letter => letter.Id));
            before = page.NextBeforeId;
            pages++;
        }
        while (before != 0);

        Assert.Equal(Enumerable.Range(1, Letters).Select(id => (ulong)id).Reverse(), ids);
        Assert.Equal(2, pages);
        Assert.Equal(0, bob.Statistics.Reconnects);
    }

    /// <summary>16 characters of three bytes each.</summary>
    private static string WideName() =>
        string.Concat(Enumerable.Range(0, 16).Select(_ => (char)Random.Shared.Next(0x4E00, 0x9FFF)));
}
