using GameBackend.Client.Transports;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.TestKit.Wire;

/// <summary>A KCP client: one message is one envelope.</summary>
public sealed class KcpRawClient : RawClient
{
    private KcpRawClient(KcpTransport transport) => Kcp = transport;

    public KcpTransport Kcp { get; }

    /// <param name="port">Another port than the gateway's, where a relay stands.</param>
    public static async Task<KcpRawClient> Open(IGateway gateway, int? port = null) =>
        new((KcpTransport)await KcpTransport.Connect(
            new Uri($"kcp://127.0.0.1:{port ?? gateway.KcpPort}"), default).AsTask().Within());

    public override async Task Send(params ClientEnvelope[] envelopes)
    {
        for (var i = 0; i < envelopes.Length; i++)
            await Kcp.Send(envelopes[i].ToByteArray(), i < envelopes.Length - 1, default).AsTask().Within();
    }

    public override Task SendFrame(ReadOnlyMemory<byte> envelope) =>
        Kcp.Send(envelope, false, default).AsTask().Within();

    public override void Reset() => Kcp.Abort();

    public override ValueTask DisposeAsync() => Kcp.DisposeAsync();

    protected override async Task<ServerEnvelope?> Read() =>
        await Kcp.Receive(default) is { } envelope ? ServerEnvelope.Parser.ParseFrom(envelope.Span) : null;
}
