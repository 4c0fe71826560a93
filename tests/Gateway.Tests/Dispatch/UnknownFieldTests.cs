using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Routes;
using GameBackend.Gateway.Sessions;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Gateway.Tests.Dispatch;

/// <summary>What clients send reaches grains in known fields alone, whatever else is in it, however deep.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class UnknownFieldTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    public static TheoryData<uint> Requests => [.. Opcodes.Requests.Keys.Order()];

    [Theory, MemberData(nameof(Requests))]
    public void A_route_hands_on_the_known_fields_alone(uint op)
    {
        var known = Messages.Filled(Opcodes.Requests[op].Request, new Some());
        var polluted = known.Descriptor.Parser.ParseFrom(known.ToByteString());
        Messages.Pollute(polluted, Messages.UnknownFields(100));
        Assert.True(polluted.CalculateSize() >= known.CalculateSize() + 100);
        Assert.Equal(known.ToByteString(), Handed(Routes().Find(op)!.Parse(polluted.ToByteArray())));
    }

    [Fact]
    public async Task A_letter_reaches_its_receiver_without_what_its_sender_has_added()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        await using var bob = await _backend.Play(Transport.Tcp);
        await ann.Ask<SendLetterRequest, SendLetterReply>(Polluted(new SendLetterRequest
        {
            To = bob.Account.PlayerId,
            Subject = "gift",
            Value = Gold(40),
        }));
        var arrived = (await bob.Next(push => push.Op == Opcodes.OfPush<LetterArrived>().Op)).Body;
        Assert.InRange(arrived.Length, 1, 500);
        var answer = await bob.Ask(new ListLettersRequest());
        Assert.InRange(answer.Body.Length, 1, 500);
    }

    [Fact]
    public async Task An_offer_reaches_the_other_side_without_what_has_been_added()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        await using var bob = await _backend.Play(Transport.Tcp);
        await ann.Ask<OpenTradeRequest, OpenTradeReply>(new OpenTradeRequest { Player = bob.Account.PlayerId });
        var trade = (await bob.Told<TradeChanged>()).View.Trade;
        await bob.Ask<AcceptTradeRequest, AcceptTradeReply>(new AcceptTradeRequest { Trade = trade });
        foreach (var value in new[] { Gold(25), new Value() })
        {
            await ann.Ask<OfferTradeRequest, OfferTradeReply>(
                Polluted(new OfferTradeRequest { Trade = trade, Value = value }));
            Assert.InRange((await bob.Ask(new GetTradeRequest { Trade = trade })).Body.Length, 1, 500);
        }
    }

    private static RouteTable Routes()
    {
        var identity = new GatewayIdentity(Guid.Empty, "");
        var authenticator = new Authenticator(null!, null!, null!, null!, identity, TimeProvider.System);
        return RouteList.Build(new SystemRoutes(authenticator, identity, TimeProvider.System), null!, null!);
    }

    private static ByteString Handed(object request) => request switch
    {
        IMessage message => message.ToByteString(),
        byte[] bytes => ByteString.CopyFrom(bytes),
        _ => throw new InvalidOperationException($"A route hands on a {request.GetType()}."),
    };

    /// <summary>With 58 KB of unknown fields in it, shared by its parts.</summary>
    private static T Polluted<T>(T request) where T : IMessage<T>
    {
        Messages.Pollute(request, Messages.UnknownFields(14_000));
        Assert.InRange(request.CalculateSize(), 14_000, 65_000);
        return request;
    }

    private static Value Gold(long amount) =>
        new() { Currencies = { new Balance { Currency = "gold", Amount = amount } } };

    private sealed class Some : IFieldSizes
    {
        public int Entries(FieldDescriptor field) => 2;

        public string Text(FieldDescriptor field) => "text";

        public int Bytes(FieldDescriptor field) => 3;
    }
}
