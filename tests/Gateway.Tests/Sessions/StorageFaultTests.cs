using GameBackend.Grains.Interfaces;
using GameBackend.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A player whose record cannot be read is refused, and is never a blank one.</summary>
public sealed class StorageFaultTests
{
    [Fact]
    public async Task A_record_that_cannot_be_read_refuses_the_login_until_it_can()
    {
        using var directory = new TestDirectory();
        var device = $"device-{Guid.NewGuid():N}";
        PlayerView before;
        await using (var backend = await Backend.StartOn(directory))
        {
            await using var client = await (await Account.Open(backend, device)).LogIn(Transport.Tcp);
            await client.Create();
            before = await client.Fetch();
        }

        await using var again = await Backend.StartOn(directory, ("Gateway:CallTimeout", "00:00:01"));
        var account = await Account.Open(again, device);
        var store = again.Services.GetRequiredService<EmbeddedStore>();
        var key = $"{again.Grains.GetGrain<IPlayerProfile>((long)account.PlayerId).GetGrainId()}/player";
        var stored = (await store.Get("state", key))!.Value;
        var version = await store.Put("state", key, new byte[] { 99, 1, 2, 3 }, stored.Version);

        await using (var client = await account.Connect(Transport.Tcp))
        {
            var login = new LoginRequest { AccessToken = account.AccessToken };
            var refused = await client.Ask(login);
            Assert.Contains(refused.Error, new[] { GameError.Unavailable, GameError.Internal });
            // The connection may try again, and is refused again.
            Assert.Contains((await client.Ask(login)).Error, new[] { GameError.Unavailable, GameError.Internal });
        }

        await store.Put("state", key, stored.Value.ToArray(), version);
        await using var back = await account.LogIn(Transport.Tcp);
        Assert.True(back.Welcome.PlayerExists);
        Assert.Equal(before, await back.Fetch());
    }
}
