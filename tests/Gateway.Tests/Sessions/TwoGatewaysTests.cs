using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A cluster in this process: Redis, one silo, two gateways.</summary>
public sealed class TwoGatewaysTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private Backend _silo = null!, _first = null!, _second = null!;

    public async Task InitializeAsync()
    {
        await _redis.Start();
        var connection = ("Redis:ConnectionString", (object)$"127.0.0.1:{_redis.Port}");
        _silo = await Backend.StartSilo(connection);
        _first = await Backend.StartGateway(connection);
        _second = await Backend.StartGateway(connection);
    }

    public async Task DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        await _silo.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_player_moves_between_gateways_and_nothing_is_lost_or_done_twice(Transport transport)
    {
        await using var old = await _first.Play(transport);
        await using var friend = await _second.Play(transport);

        // A login at the other gateway takes over.
        await using var now = await (old.Account with { Gateway = _second }).LogIn(transport);
        Assert.Equal(GoodbyeReason.Replaced, (await old.Goodbye()).Reason);
        Assert.Equal(1ul, (await now.Next())!.Seq);
        await Wait.Until(() => _first.Registry.Find((long)old.Account.PlayerId) is null);
        var presence = await _silo.Grains.GetGrain<IPlayerSession>((long)old.Account.PlayerId).GetPresence();
        Assert.Equal((PresenceStatus.Online, now.Welcome.Epoch), (presence.Status, presence.Epoch));

        // So does a resume, which brings what was missed and answers what was cut.
        var bought = await now.Request(new BuyRequest { Item = "wood.oak", Count = 1 });
        await now.Next(push => push.Seq == 2);
        now.Reset();
        await friend.Ask<SendNoteRequest, SendNoteReply>(
            new SendNoteRequest { To = now.Account.PlayerId, Text = "where are you" });
        await using var back = await RawClient.Connect(_first, transport);
        await back.Resume(now, bought);
        Assert.Equal("where are you", (await back.Next(push => push.Seq == 3)).Read<Note>().Text);
        Assert.Equal(GameError.Ok, (await back.Answer(bought)).Error);

        // Live pushes follow the player.
        await friend.Ask<SendNoteRequest, SendNoteReply>(
            new SendNoteRequest { To = now.Account.PlayerId, Text = "there" });
        Assert.Equal("there", (await back.Next(push => push.Seq == 4)).Read<Note>().Text);
        var ledger = await back.Ask<ReadLedgerRequest, ReadLedgerReply>(new ReadLedgerRequest());
        Assert.Single(ledger.Entries, entry => entry is { Reason: "shop.buy", Item: "" });
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_names_the_other_and_a_logout_reaches_a_socket_anywhere()
    {
        await using var client = await _first.Play(Transport.WebSocket);
        using var response = await (client.Account with { Gateway = _second }).Post("/v1/accounts/logout", null);
        Assert.Equal(GoodbyeReason.Revoked, (await client.Goodbye()).Reason);

        await using var moved = await _first.Play(Transport.Tcp);
        var stopping = _first.Stop();
        var goodbye = await moved.Goodbye();
        Assert.Equal(GoodbyeReason.Draining, goodbye.Reason);
        Assert.Equal($"127.0.0.1:{_second.Options.TcpPort}", Assert.Single(goodbye.Gateways).Tcp);
        await using var back = await RawClient.Connect(_second, Transport.Tcp);
        await back.Resume(moved);
        await back.Fetch();
        await stopping.Within();
    }
}
