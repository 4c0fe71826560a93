using System.Net;
using System.Net.Sockets;
using GameBackend.Client.Transports;
using GameBackend.Gateway.Hosting;
using GameBackend.Gateway.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Hosting;

/// <summary>Clients of both address families.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:7700")]
    [InlineData("game.example", "game.example:7700")]
    [InlineData("::1", "[::1]:7700")]
    [InlineData("[::1]", "[::1]:7700")]
    [InlineData("2001:DB8::7", "[2001:db8::7]:7700")]
    public void A_host_stands_in_an_address_as_it_must(string host, string written) =>
        Assert.Equal(written, Addresses.HostAndPort(host, 7700));

    [Fact]
    public async Task With_ListenAny_both_families_reach_every_port_and_an_IPv6_host_is_told_in_valid_addresses()
    {
        await using var backend = await Backend.Start(
            ("Gateway:ListenAny", true), ("Silo:ListenAny", true), ("Gateway:AdvertisedHost", "::1"));
        var account = await backend.NewAccount();
        await using var client = await account.LogIn(Transport.Tcp);
        Assert.Equal("127.0.0.1", Remotes(backend, "tcp"));

        var own = Assert.Single(backend.Services.GetRequiredService<GatewayDirectory>().All);
        Assert.Equal($"[::1]:{backend.Options.TcpPort}", own.Tcp);
        Assert.Equal($"ws://[::1]:{backend.Options.HttpPort}/ws", own.WebSocket);
        Assert.Equal($"[::1]:{backend.Options.KcpPort}", own.Kcp);
        Assert.Contains(
            $"http://[::1]:{backend.Options.HttpPort} ", GatewayHosting.Addresses(backend.Services),
            StringComparison.Ordinal);
        foreach (var host in new[] { "127.0.0.1", "[::1]" })
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://{host}:{backend.Options.HttpPort}") };
            using var live = await http.GetAsync("/health/live");
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(IPAddress.Parse(host), backend.Options.TcpPort);
            await using var kcp = await KcpTransport.Connect(
                new Uri($"kcp://{host}:{backend.Options.KcpPort}"), CancellationToken.None);
        }
    }

    [Fact]
    public async Task An_address_of_IPv4_is_the_same_one_on_every_transport_although_both_families_are_listened_to()
    {
        await using var backend = await Backend.Start(("Gateway:ListenAny", true));
        foreach (var transport in Enum.GetValues<Transport>())
        {
            await using var client = await (await backend.NewAccount()).LogIn(transport);
            Assert.Equal("127.0.0.1", Remotes(backend, client: client));
        }
    }

    private static string Remotes(Backend backend, string? transport = null, RawClient? client = null) =>
        Assert.IsType<IPEndPoint>(Assert.Single(
            backend.Registry.All, session => transport is null
                ? session.PlayerId == (long)client!.Account.PlayerId
                : session.Connection.Transport == transport).Connection.Remote).Address.ToString();
}
