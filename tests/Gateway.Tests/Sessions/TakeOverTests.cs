using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A player has one connection, the newest.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class TakeOverTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Theory, InlineData(Transport.Tcp, Transport.Tcp), InlineData(Transport.Tcp, Transport.WebSocket)]
    [InlineData(Transport.WebSocket, Transport.Tcp)]
    public async Task A_second_login_takes_over_and_the_first_is_told(Transport first, Transport second)
    {
        await using var old = await _backend.Play(first);
        await using var now = await old.Account.LogIn(second);
        Assert.True(now.Welcome.Epoch > old.Welcome.Epoch);
        Assert.NotEqual(old.Welcome.SessionId, now.Welcome.SessionId);
        Assert.Equal(GoodbyeReason.Replaced, (await old.Goodbye()).Reason);
        await now.Fetch();
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task After_the_take_over_nothing_from_the_old_connection_takes_effect(Transport transport)
    {
        await using var old = await _backend.Play(transport);
        // It waits for each answer: a client that only writes is cut for that.
        var writing = Task.Run(async () =>
        {
            try
            {
                ServerEnvelope? answer = new();
                for (var i = 0; answer is not null; i++)
                {
                    await old.Send(RawClient.Envelope(new SetProfileRequest { Motto = $"old {i}" }, old.NextId()));
                    do
                        answer = await old.Next();
                    while (answer is { Id: 0 });
                }
            }
            catch (Exception e) when (e is not TimeoutException)
            {
                // The gateway has closed the connection.
            }
        });
        await Wait.Until(() =>
            writing.IsCompleted || _backend.Registry.Find((long)old.Account.PlayerId) is { InFlight: > 0 });
        await (writing.IsCompleted ? writing : Task.CompletedTask);
        Assert.False(writing.IsCompleted);

        await using var now = await old.Account.LogIn(transport);
        await now.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = "new" });
        var version = (await now.Fetch()).Version;
        await writing.Within();
        var view = await now.Fetch();
        Assert.Equal(("new", version), (view.Profile.Motto, view.Version));
    }

    [Fact]
    public async Task A_request_with_an_old_epoch_is_refused_by_the_player()
    {
        await using var old = await _backend.Play(Transport.Tcp);
        await using var now = await old.Account.LogIn(Transport.Tcp);
        var outcome = await _backend.Grains.GetGrain<IPlayerProfile>((long)old.Account.PlayerId)
            .SetProfile(new Caller(old.Welcome.SessionId, old.Welcome.Epoch, 99), "", "old");
        Assert.Equal(GameError.SessionReplaced, outcome.Error);
        Assert.Equal("", (await now.Fetch()).Profile.Motto);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task The_late_end_of_an_old_connection_does_not_hurt_the_new_one(Transport transport)
    {
        await using var old = await _backend.Play(transport);
        var session = _backend.Registry.Find((long)old.Account.PlayerId)!;
        await using var now = await old.Account.LogIn(transport);
        old.Reset();
        await Wait.Until(() => !_backend.Registry.All.Contains(session));

        var player = _backend.Grains.GetGrain<IPlayerSession>((long)old.Account.PlayerId);
        await player.Detach(old.Welcome.Epoch, 0);
        var presence = await player.GetPresence();
        Assert.Equal((PresenceStatus.Online, now.Welcome.Epoch), (presence.Status, presence.Epoch));
        await now.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = "pushed" });
        Assert.Equal("pushed", now.Pushes[^1].Read<PlayerChanged>().Profile.Motto);
    }

    [Fact]
    public async Task Of_many_logins_at_once_one_connection_stays_and_it_is_the_newest()
    {
        var account = await _backend.NewAccount();
        var clients = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            i => account.LogIn(i % 2 == 0 ? Transport.Tcp : Transport.WebSocket)));
        var newest = clients.MaxBy(client => client.Welcome.Epoch)!;
        foreach (var client in clients.Where(client => client != newest))
            Assert.Equal(GoodbyeReason.Replaced, (await client.Goodbye()).Reason);
        await newest.Create();
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_connection_that_ends_while_it_logs_in_leaves_nobody_behind(Transport transport)
    {
        var account = await _backend.NewAccount();
        for (var round = 0; round < 10; round++)
        {
            var client = await account.Connect(transport);
            await client.Send(RawClient.Envelope(new LoginRequest { AccessToken = account.AccessToken }, 1));
            client.Reset();
        }

        var player = _backend.Grains.GetGrain<IPlayerSession>((long)account.PlayerId);
        await Wait.Until(() => _backend.Registry.Find((long)account.PlayerId) is null
            && player.GetPresence().Result.Status != PresenceStatus.Online);
    }
}
