using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Calls;

/// <summary>The session itself. Log-in, resume and heartbeats are the client's own business.</summary>
public sealed class SystemCalls(GameClient client)
{
    /// <summary>
    /// Asks how far the mailbox reaches. The client does so by itself often enough to keep the session.
    /// </summary>
    public Task<HeartbeatReply> Heartbeat(CancellationToken cancellation = default) =>
        client.Call<HeartbeatRequest, HeartbeatReply>(new(), cancellation);

    /// <summary>The gateway's clock.</summary>
    public async Task<DateTimeOffset> GetTime(CancellationToken cancellation = default)
    {
        var reply = await client.Call<TimeRequest, TimeReply>(new(), cancellation).ConfigureAwait(false);
        return DateTimeOffset.FromUnixTimeMilliseconds(reply.ServerTimeMs);
    }

    public Task<ServerInfoReply> GetServerInfo(CancellationToken cancellation = default) =>
        client.Call<ServerInfoRequest, ServerInfoReply>(new(), cancellation);

    /// <summary>Sends bytes to the player's grain and back.</summary>
    public async Task<ByteString> Echo(ByteString payload, CancellationToken cancellation = default)
    {
        var reply = await client.Call<EchoRequest, EchoReply>(new() { Payload = payload }, cancellation)
            .ConfigureAwait(false);
        return reply.Payload;
    }
}
