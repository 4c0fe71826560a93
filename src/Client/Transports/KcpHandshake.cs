using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GameBackend.Protocol.Kcp;

namespace GameBackend.Client.Transports;

/// <summary>
/// How a KCP connection begins: a greeting, a cookie that only the true owner of the address receives, and the key that
/// seals all that follows.
/// </summary>
internal static class KcpHandshake
{
    private const int FirstPauseMs = 200, MaxPauseMs = 1_000;

    /// <summary>
    /// After this many tries with one cookie a new one is asked for: the gateway may have been restarted.
    /// </summary>
    private const int TriesWithCookie = 5;

    /// <summary>A socket that sends to the gateway, and takes nothing from others.</summary>
    public static Socket Open(IPEndPoint gateway)
    {
        var socket = new Socket(gateway.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(gateway);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The gateway takes no connection.</exception>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async Task<KcpSeal> Run(Socket socket, CancellationToken cancellation)
    {
        var nonce = new byte[KcpDatagram.NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        var buffer = new byte[KcpDatagram.MaxBytes];
        var request = KcpDatagram.Handshake(nonce, default);
        var (pauseMs, tries) = (FirstPauseMs, 0);
        socket.Send(request);
        var receiving = Receive(socket, buffer);
        while (true)
        {
            if (await Task.WhenAny(receiving, Task.Delay(pauseMs, cancellation)).ConfigureAwait(false) != receiving)
            {
                cancellation.ThrowIfCancellationRequested();
                if (++tries % TriesWithCookie == 0)
                    request = KcpDatagram.Handshake(nonce, default);
                socket.Send(request);
                pauseMs = Math.Min(pauseMs * 3 / 2, MaxPauseMs);
                continue;
            }

            var length = await receiving.ConfigureAwait(false);
            switch (Read(buffer.AsSpan(0, length), nonce, request))
            {
                case KcpKind.Cookie:
                    request = KcpDatagram.Handshake(nonce, KcpDatagram.CookieOf(buffer));
                    (pauseMs, tries) = (FirstPauseMs, 0);
                    socket.Send(request);
                    break;
                case KcpKind.Accepted:
                    return ReadKey(buffer);
                case KcpKind.Refused:
                    throw new IOException("The gateway takes no KCP connection now.");
            }

            receiving = Receive(socket, buffer);
        }
    }

    public static Task<int> Receive(Socket socket, byte[] buffer) =>
        socket.ReceiveAsync(new ArraySegment<byte>(buffer), SocketFlags.None);

    /// <summary>The gateway's address; IPv4 where there is a choice, since gateways listen there.</summary>
    public static async Task<IPEndPoint> Resolve(Uri gateway)
    {
        if (IPAddress.TryParse(gateway.Host, out var literal))
            return new IPEndPoint(literal, gateway.Port);
        var addresses = await Dns.GetHostAddressesAsync(gateway.Host).ConfigureAwait(false);
        var address = addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork)
            ?? addresses.FirstOrDefault()
            ?? throw new SocketException((int)SocketError.HostNotFound);
        return new IPEndPoint(address, gateway.Port);
    }

    /// <summary>What an answer is; nothing if it is not an answer to this request.</summary>
    private static KcpKind Read(ReadOnlySpan<byte> answer, byte[] nonce, byte[] request)
    {
        if (answer.Length < 1 + KcpDatagram.NonceBytes || !KcpDatagram.NonceOf(answer).SequenceEqual(nonce))
            return KcpKind.None;
        var asked = KcpDatagram.KindOf(request);
        return (KcpDatagram.KindOf(answer), answer.Length) switch
        {
            (KcpKind.Cookie, 1 + KcpDatagram.NonceBytes + KcpDatagram.CookieBytes) when asked == KcpKind.Hello =>
                KcpKind.Cookie,
            (KcpKind.Accepted, KcpDatagram.AcceptedBytes) => KcpKind.Accepted,
            (KcpKind.Refused, _) => KcpKind.Refused,
            _ => KcpKind.None,
        };
    }

    private static KcpSeal ReadKey(ReadOnlySpan<byte> accepted)
    {
        var rest = accepted[(1 + KcpDatagram.NonceBytes)..];
        return new KcpSeal(
            BinaryPrimitives.ReadUInt64BigEndian(rest),
            rest.Slice(KcpDatagram.IdBytes, KcpDatagram.KeyBytes).ToArray());
    }
}
