using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace GameBackend.Gateway.Tests.Letters;

/// <summary>Letters and trades over a connection, and the operators' letters.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class LetterTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_gift_arrives_as_a_push_and_is_claimed(Transport transport)
    {
        await using var ann = await _backend.Play(transport);
        await using var bob = await _backend.Play(transport);
        await ann.Ask<SendLetterRequest, SendLetterReply>(
            new SendLetterRequest { To = bob.Account.PlayerId, Subject = "gift", Text = "for you", Value = Gold(40) });
        var arrived = (await bob.Next(push => push.Op == 1050)).Read<LetterArrived>().Letter;
        Assert.Equal((LetterKind.Player, 40L), (arrived.Kind, arrived.Value.Currencies[0].Amount));
        await bob.Ask<ClaimLetterRequest, ClaimLetterReply>(new ClaimLetterRequest { Id = arrived.Id });
        Assert.Equal(10_040, (await bob.Fetch()).Wallet.Single(balance => balance.Currency == "gold").Amount);
        var list = await bob.Ask<ListLettersRequest, ListLettersReply>(new ListLettersRequest());
        Assert.True(Assert.Single(list.Letters, letter => letter.Kind == LetterKind.Player).Claimed);
    }

    [Fact]
    public async Task Two_clients_trade()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        await using var bob = await _backend.Play(Transport.WebSocket);
        await ann.Ask<OpenTradeRequest, OpenTradeReply>(new OpenTradeRequest { Player = bob.Account.PlayerId });
        var trade = (await bob.Next(push => push.Op == 1150)).Read<TradeChanged>().View.Trade;
        await bob.Ask<AcceptTradeRequest, AcceptTradeReply>(new AcceptTradeRequest { Trade = trade });
        var offered = await ann.Ask<OfferTradeRequest, OfferTradeReply>(
            new OfferTradeRequest { Trade = trade, Value = Gold(25) });
        var revision = offered.View.Revision;
        foreach (var client in new[] { ann, bob })
            await client.Ask<LockTradeRequest, LockTradeReply>(
                new LockTradeRequest { Trade = trade, Revision = revision });
        foreach (var client in new[] { ann, bob })
        {
            await client.Ask<ConfirmTradeRequest, ConfirmTradeReply>(
                new ConfirmTradeRequest { Trade = trade, Revision = revision });
        }

        await ann.Next(push => push.Op == 1150 && push.Read<TradeChanged>().View.Stage == TradeStage.Done);
        Assert.Equal(10_025, (await bob.Fetch()).Wallet.Single(balance => balance.Currency == "gold").Amount);
    }

    [Fact]
    public async Task Operators_write_to_some_and_to_all_with_the_admin_key_alone()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        await using var bob = await _backend.Play(Transport.Tcp);
        string[] to = [Id(ann), Id(bob), "5"];
        var body = new
        {
            key = $"{Guid.NewGuid():N}",
            subject = "sorry",
            text = "for the wait",
            to,
            currencies = new { gem = 3 }
        };
        using var refused = await _backend.Operators.PostAsJsonAsync("/v1/admin/letters", body);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await ann.Account.Post("/v1/admin/letters", body);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            Assert.Equal(
                """{"refused":[{"player":"5","error":"PlayerNotFound"}]}""", await answer.Content.ReadAsStringAsync());
        }

        foreach (var client in new[] { ann, bob })
        {
            var letter = Assert.Single((await List(client)).Letters);
            Assert.Equal((LetterKind.Operator, "sorry"), (letter.Kind, letter.Subject));
        }

        var all = new
        {
            key = $"{Guid.NewGuid():N}",
            subject = "all",
            text = "to all",
            items = new[] { new { item = "egg.owl", count = 1 } }
        };
        using var sent = await ann.Account.Post("/v1/admin/letters", all);
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        await bob.DisposeAsync();
        await using var back = await bob.Account.LogIn(Transport.Tcp);
        // How many letters to all there are is known for two seconds.
        await Wait.Until(async () => (await List(back)).Letters.Any(letter => letter.Subject == "all"), "it is picked up");

        using var wrong = await ann.Account.Post(
            "/v1/admin/letters", new { key = "k", subject = "", text = "", to = Array.Empty<string>() });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static string Id(RawClient client) => client.Account.PlayerId.ToString(CultureInfo.InvariantCulture);

    private static Task<ListLettersReply> List(RawClient client) =>
        client.Ask<ListLettersRequest, ListLettersReply>(new ListLettersRequest());

    private static Value Gold(long amount) =>
        new() { Currencies = { new Balance { Currency = "gold", Amount = amount } } };
}
