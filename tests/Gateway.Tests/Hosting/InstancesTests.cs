using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GameBackend.Gateway.Hosting;
using GameBackend.Harbor;
using GameBackend.Silo;

namespace GameBackend.Gateway.Tests.Hosting;

/// <summary>Processes side by side on one machine.</summary>
public sealed class InstancesTests
{
    [Fact]
    public void The_default_ports_of_any_two_instances_of_any_kinds_are_different()
    {
        // TCP and UDP are numbered apart, but people count them together.
        var ports = SiloHost.Known.All.Concat(HarborHost.Known.All).DistinctBy(option => option.Name)
            .Where(option => option.Name.EndsWith("Port", StringComparison.Ordinal))
            .Select(option => (option.Name, Port: int.Parse(option.Default!, CultureInfo.InvariantCulture))).ToArray();
        Assert.Contains(("Gateway:TcpPort", 7700), ports);
        Assert.Contains(("Harbor:HttpPort", 7910), ports);
        var taken = new Dictionary<int, string>();
        for (var instance = 1; instance <= Instances.Last; instance++)
        {
            foreach (var (name, port) in ports)
            {
                var moved = port + Instances.Shift(instance);
                Assert.InRange(moved, 1, 65535);
                Assert.True(
                    taken.TryAdd(moved, $"{name} of {instance}"),
                    $"{name} of {instance} and {taken.GetValueOrDefault(moved)} are both {moved}");
            }
        }
    }

    [Fact]
    public void The_first_ten_are_moved_by_one_each() =>
        Assert.Equal(Enumerable.Range(0, 10), Enumerable.Range(1, 10).Select(Instances.Shift));

    [Theory]
    [InlineData(false, false, "127.0.0.1")]
    [InlineData(true, false, "127.0.0.1")]
    [InlineData(false, false, "0.0.0.0")]
    [InlineData(true, false, "::")]
    [InlineData(false, true, "127.0.0.1")]
    [InlineData(true, true, "::")]
    public void A_taken_port_is_named_once_with_an_instance_that_is_free(bool any, bool udp, string at)
    {
        var port = Ports.Take(3);
        using var taken = Bind(at, port, udp);
        using var second = Bind(at, port + 1, udp);
        var said = Assert.Throws<StartupException>(() => Instances.CheckPorts(
            1, new ListeningPort("other", Ports.Take(3), any, udp), new ListeningPort("test's", port, any, udp))).Message;
        Assert.Contains($"test's port {port}", said, StringComparison.Ordinal);
        Assert.Contains("--instance 3 ", said, StringComparison.Ordinal);
        Assert.Equal(2, said.Split("--instance").Length);
    }

    [Fact]
    public void Ports_that_nobody_has_are_free_and_those_that_are_off_are_not_looked_at() => Instances.CheckPorts(
        2, new("on", Ports.Take(2), true), new("off", 0, true), new("wrong", 70_000, false));

    [Fact]
    public void A_port_that_an_instance_would_move_too_far_is_named()
    {
        var said = Assert.Throws<StartupException>(
            () => Instances.CheckPorts(64, new ListeningPort("test's", 65_000, false))).Message;
        Assert.Contains("--instance 64 moves the test's port 65000 to 66803", said, StringComparison.Ordinal);
    }

    private static Socket Bind(string address, int port, bool udp)
    {
        var end = new IPEndPoint(IPAddress.Parse(address), port);
        var socket = udp
            ? new Socket(end.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (end.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = true;
        socket.Bind(end);
        if (!udp)
            socket.Listen();
        return socket;
    }
}
