using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>An answer is for its id, op and body, for each request that there is.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class RequestIdReuseTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Fact]
    public async Task An_id_that_was_used_is_refused_for_every_other_op_and_every_other_body()
    {
        await using var client = await _backend.Play(Transport.Tcp);
        foreach (var request in Ordered())
        {
            var id = client.NextId();
            var (first, error) = await Ask(client, id, request.Op, []);
            Assert.NotEqual(GameError.RequestIdReused, error);
            foreach (var other in Ordered().Where(each => each != request))
                Assert.Equal((other.Op, GameError.RequestIdReused), await Ask(client, id, other.Op, []));
            // An unknown field: another body, and one that parses everywhere.
            byte[] body = [0xf8, 0x7f, 1];
            Assert.Equal((request.Op, GameError.RequestIdReused), await Ask(client, id, request.Op, body));
            Assert.NotEqual((request.Op, GameError.RequestIdReused), await Ask(client, id, request.Op, []));
            Assert.Equal(request.Op, first);
        }
    }

    [Fact]
    public async Task A_purchase_is_no_answer_to_another_request_on_another_connection_either()
    {
        await using var client = await _backend.Play(Transport.Tcp);
        var (buy, id) = (new BuyRequest { Item = "wood.oak", Count = 1 }, client.NextId());
        await client.Send(RawClient.Envelope(buy, id));
        Assert.Equal(GameError.Ok, (await client.Answer(id)).Error);
        var name = (await client.Fetch()).Profile.Name;
        client.Reset();

        await using var next = await _backend.Connect(Transport.Tcp);
        await next.Resume(client, id);
        Assert.Equal(GameError.Ok, (await next.Answer(id)).Error);
        foreach (var request in Ordered().Where(each => each.Effect == Effect.Write && each.Op != 206))
            Assert.Equal((request.Op, GameError.RequestIdReused), (request.Op, (await Ask(next, id, request.Op, [])).Error));
        await next.Send(RawClient.Envelope(buy, id));
        Assert.Equal(GameError.Ok, (await next.Answer(id)).Error);
        var view = await next.Fetch();
        Assert.Equal((name, 2ul), (view.Profile.Name, view.Version));
    }

    [Fact]
    public async Task A_smaller_id_than_the_last_that_was_never_used_is_refused()
    {
        await using var client = await _backend.Play(Transport.Tcp);
        var skipped = client.NextId();
        var last = client.NextId();
        Assert.Equal(GameError.Ok, (await Ask(client, last, 201, [])).Error);
        foreach (var request in Ordered())
            Assert.Equal(GameError.RequestIdReused, (await Ask(client, skipped, request.Op, [])).Error);
        client.Reset();

        await using var next = await _backend.Connect(Transport.Tcp);
        await next.Resume(client, last);
        Assert.Equal(GameError.RequestIdReused, (await Ask(next, skipped, 201, [])).Error);
        Assert.Equal(GameError.Ok, (await Ask(next, last, 201, [])).Error);
    }

    // But for the one that ends the session, and the opening ones.
    private static IEnumerable<RequestOp> Ordered() => Opcodes.Requests.Values.Where(
        request => request.Op is not (1 or 2 or 3 or 4 or 5 or 6 or 1302)).OrderBy(request => request.Op);

    private static async Task<(uint Op, GameError Error)> Ask(RawClient client, uint id, uint op, byte[] body)
    {
        await client.Send(new ClientEnvelope { Id = id, Op = op, Body = ByteString.CopyFrom(body) });
        var answer = await client.Answer(id);
        return (answer.Op, answer.Error);
    }
}
