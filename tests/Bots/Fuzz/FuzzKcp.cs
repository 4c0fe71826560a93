using System.Net.Sockets;
using GameBackend.Client.Transports;
using GameBackend.Protocol;
using GameBackend.Protocol.Kcp;

namespace GameBackend.Bots.Fuzz;

/// <summary>KCP, and datagrams that are none beside it.</summary>
internal sealed class FuzzKcp(ITransport transport, Uri gateway) : FuzzLink
{
    private readonly UdpClient _beside = new(gateway.Host, gateway.Port);

    public static async Task<FuzzKcp> Open(Uri gateway, CancellationToken cancellation) =>
        new(await KcpTransport.Connect(gateway, cancellation), gateway);

    public override async Task Send(byte[] envelope, CancellationToken cancellation)
    {
        // The transport keeps to its own limit; what is over it is for the others to send.
        if (envelope.Length <= FrameLimits.MaxFrameBytes)
            await transport.Send(envelope, false, cancellation);
    }

    public override async Task Break(Random random, byte[] bytes, CancellationToken cancellation)
    {
        var length = Math.Min(bytes.Length, KcpDatagram.MaxBytes - 1);
        byte[] datagram = [(byte)random.Next(1, 13), .. bytes.AsSpan(0, length)];
        await _beside.SendAsync(datagram, cancellation);
    }

    public override async Task<FuzzAnswer?> Receive(CancellationToken cancellation) =>
        await transport.Receive(cancellation) is { } envelope
            ? FuzzAnswer.Of(ServerEnvelope.Parser.ParseFrom(envelope.Span))
            : null;

    public override ValueTask DisposeAsync()
    {
        _beside.Dispose();
        return transport.DisposeAsync();
    }
}
