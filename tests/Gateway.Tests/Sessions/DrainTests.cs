using System.Net;
using GameBackend.Gateway.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A gateway that is stopped, and one that is full.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task A_stop_answers_what_runs_tells_everybody_and_turns_newcomers_away()
    {
        await using var backend = await Backend.Start(
            ("Gateway:RequestsPerSecond", 100_000), ("Gateway:RequestBurst", 100_000));
        await using var tcp = await backend.Play(Transport.Tcp);
        await using var webSocket = await backend.Play(Transport.WebSocket);
        await using var kcp = await backend.Play(Transport.Kcp);
        await using var silent = await backend.Connect(Transport.Tcp);
        var ids = new List<uint>();
        for (var i = 0; i < 30; i++)
            ids.Add(await tcp.Request(new SetProfileRequest { Motto = $"{i}" }));

        // This WebSocket never returns the closing handshake, which holds the gateway for a moment.
        var stopping = backend.Stop();
        await Wait.Until(() => backend.Services.GetRequiredService<Drain>().Started);
        await using var late = await backend.Connect(Transport.Tcp);
        Assert.Equal(GoodbyeReason.Draining, (await late.Goodbye()).Reason);
        await using var lateOverKcp = await backend.Connect(Transport.Kcp);
        Assert.Equal(GoodbyeReason.Draining, (await lateOverKcp.Goodbye()).Reason);
        using var health = await backend.Operators.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);

        Assert.Equal(GoodbyeReason.Draining, (await tcp.Goodbye()).Reason);
        Assert.Equal(GoodbyeReason.Draining, (await webSocket.Goodbye()).Reason);
        Assert.Equal(GoodbyeReason.Draining, (await kcp.Goodbye()).Reason);
        Assert.Equal(GoodbyeReason.Draining, (await silent.Goodbye()).Reason);
        // Each that was taken was answered; what came behind them is for the next gateway.
        var answered = tcp.Answers.Skip(2).ToList();
        Assert.Equal(ids.Take(answered.Count), answered);
        await stopping.Within();
    }

    [Fact]
    public async Task A_gateway_that_is_full_says_so_and_takes_the_next_when_there_is_room()
    {
        await using var backend = await Backend.Start(("Gateway:MaxConnections", 2));
        var account = await backend.NewAccount();
        await using var first = await account.LogIn(Transport.Tcp);
        await using var second = await (await backend.NewAccount()).LogIn(Transport.WebSocket);
        foreach (var transport in Enum.GetValues<Transport>())
        {
            await using var third = await backend.Connect(transport);
            Assert.Equal(GoodbyeReason.Full, (await third.Goodbye()).Reason);
        }

        second.Reset();
        await Wait.Until(() => backend.Limiter.Taken == 1);
        await using var next = await account.LogIn(Transport.WebSocket);
    }

    [Fact]
    public async Task An_address_holds_no_more_connections_than_it_may()
    {
        await using var backend = await Backend.Start(
            ("Gateway:MaxConnectionsPerAddress", 2), ("Gateway:ExemptNetworks:0", "192.0.2.0/24"));
        for (var round = 0; round < 2; round++)
        {
            await using var first = await backend.Connect(Transport.Tcp);
            await using var second = await backend.Connect(Transport.WebSocket);
            await Wait.Until(() => backend.Registry.Connections == 2);
            foreach (var transport in Enum.GetValues<Transport>())
            {
                await using var third = await backend.Connect(transport);
                Assert.Equal(GoodbyeReason.Full, (await third.Goodbye()).Reason);
            }

            first.Reset();
            second.Reset();
            await Wait.Until(() => backend.Limiter.Taken == 0);
        }
    }
}
