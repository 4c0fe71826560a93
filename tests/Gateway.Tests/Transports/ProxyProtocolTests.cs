using System.Buffers;
using System.Net;
using System.Text;
using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Tests.Transports;

public sealed class ProxyProtocolTests
{
    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 56324 7700\r\n", "203.0.113.7:56324")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 56324 7700\r\n", "[2001:db8::7]:56324")]
    [InlineData("PROXY UNKNOWN\r\n", null)]
    [InlineData("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", null)]
    public void Version_1_is_read(string header, string? client) => Reads(Encoding.ASCII.GetBytes(header), client);

    [Fact]
    public void Version_2_is_read()
    {
        Reads([.. Signature, 0x21, 0x11, 0, 12, 203, 0, 113, 7, 192, 0, 2, 1, 0xDC, 0x04, 0x1E, 0x14],
            "203.0.113.7:56324");
        // With a TLV behind the addresses.
        Reads([.. Signature, 0x21, 0x11, 0, 15, 203, 0, 113, 7, 192, 0, 2, 1, 0xDC, 0x04, 0x1E, 0x14, 4, 0, 0],
            "203.0.113.7:56324");
        var v6 = IPAddress.Parse("2001:db8::7").GetAddressBytes();
        Reads([.. Signature, 0x21, 0x21, 0, 36, .. v6, .. v6, 0xDC, 0x04, 0x1E, 0x14], "[2001:db8::7]:56324");
        // The proxy's own health check, and a socket of another family.
        Reads([.. Signature, 0x20, 0x00, 0, 0], null);
        Reads([.. Signature, 0x21, 0x31, 0, 2, 1, 1], null);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 56324\r\n")]
    [InlineData("PROXY TCP4 203.0.113.700 192.0.2.1 56324 7700\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 99999 7700\r\n")]
    [InlineData("PROXY UDP4 203.0.113.7 192.0.2.1 56324 7700\r\n")]
    [InlineData("\0\0\0\u0005hello")]
    public void What_is_no_header_is_refused(string bytes) =>
        Assert.Throws<Gateway.Transports.ProtocolViolationException>(
        () => ProxyProtocol.TryRead(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(bytes)), out _, out _));

    [Fact]
    public void A_header_that_never_ends_is_refused()
    {
        var endless = Encoding.ASCII.GetBytes("PROXY TCP4 " + new string('1', 200));
        Assert.Throws<Gateway.Transports.ProtocolViolationException>(
            () => ProxyProtocol.TryRead(new ReadOnlySequence<byte>(endless), out _, out _));
        Assert.Throws<Gateway.Transports.ProtocolViolationException>(() => ProxyProtocol.TryRead(
            new ReadOnlySequence<byte>([.. Signature, 0x21, 0x11, 0xFF, 0xFF]), out _, out _));
        Assert.Throws<Gateway.Transports.ProtocolViolationException>(() => ProxyProtocol.TryRead(
            new ReadOnlySequence<byte>([.. Signature, 0x11, 0x11, 0, 0]), out _, out _));
    }

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("203.0.113.9", "203.0.113.9")]
    public async Task A_trusted_proxys_client_is_known_by_its_own_address(string? client, string known)
    {
        await using var backend = await Backend.Start(
            ("Gateway:TrustedProxies:0", "127.0.0.0/8"), ("Gateway:ProxyProtocol", true));
        var header = client is null ? "PROXY UNKNOWN\r\n" : $"PROXY TCP4 {client} 127.0.0.1 1111 7700\r\n";
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, backend.Options.TcpPort);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(header));
        await Wait.Until(() => backend.Registry.All.Any());
        Assert.Equal(known, ((IPEndPoint)backend.Registry.All.Single().Connection.Remote!).Address.ToString());
    }

    [Fact]
    public async Task A_connection_from_a_trusted_proxy_without_a_header_is_closed()
    {
        await using var backend = await Backend.Start(
            ("Gateway:TrustedProxies:0", "127.0.0.1"), ("Gateway:ProxyProtocol", true));
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, backend.Options.TcpPort);
        await socket.GetStream().WriteAsync("hello, this is no header"u8.ToArray());
        Assert.Equal(0, await ReadToEnd(socket));
        Assert.Empty(backend.Registry.All);
    }

    [Fact]
    public async Task Who_is_not_trusted_is_known_by_the_sockets_address_whatever_it_says()
    {
        await using var backend =
            await Backend.Start(("Gateway:TrustedProxies:0", "10.0.0.0/8"), ("Gateway:ProxyProtocol", true));
        var ann = await backend.Play(Transport.Tcp);
        await ann.Fetch();
        Assert.Equal("127.0.0.1", ((IPEndPoint)backend.Registry.All.Single().Connection.Remote!).Address.ToString());
    }

    private static async Task<int> ReadToEnd(System.Net.Sockets.TcpClient socket)
    {
        try
        {
            return await socket.GetStream().ReadAsync(new byte[100]).AsTask().Within(10);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void Reads(byte[] header, string? client)
    {
        byte[] bytes = [.. header, 1, 2, 3];
        // However it is cut, it waits for the rest.
        for (var length = 0; length < header.Length; length++)
            Assert.False(ProxyProtocol.TryRead(new ReadOnlySequence<byte>(bytes[..length]), out _, out _));
        var buffer = new ReadOnlySequence<byte>(bytes);
        Assert.True(ProxyProtocol.TryRead(buffer, out var end, out var read));
        Assert.Equal(client, read?.ToString());
        Assert.Equal([1, 2, 3], buffer.Slice(end).ToArray());
    }
}
