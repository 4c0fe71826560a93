using GameBackend.Grains.Chat;
using GameBackend.Nodes;
using Google.Protobuf;
using Microsoft.Extensions.Hosting;

namespace GameBackend.Grains.Relay;

/// <summary>
/// Pushes to players by id, wherever they are connected: for grains on this silo, and for other nodes.
/// </summary>
public sealed class PlayerRelay(
    IClusterClient cluster, NodeCalls calls, GatewayLanes gateways) : IHostedService
{
    private const int MaxPlayers = 1000;
    private const int MaxBytes = 32 * 1024;

    /// <summary>
    /// Sends a push that need not last to players who are online: one message a gateway, however many they are.
    /// </summary>
    /// <param name="players">Null for everybody who is online.</param>
    /// <returns>How many gateways it went to.</returns>
    public int Push(long[]? players, uint op, byte[] body)
    {
        var item = new LaneItem(0, 0, 0, op, body, Audience: players, IsRelayed: true);
        var lanes = gateways.Get();
        foreach (var lane in lanes)
            cluster.GetStreamProvider(Lane.Provider).GetStream<LaneItem>(Lane.Stream(lane)).OnNextAsync(item).Ignore();
        return lanes.Length;
    }

    /// <summary>Leaves a push in players' mailboxes, for now or for their next log-in.</summary>
    /// <param name="messageId">The same again changes nothing.</param>
    /// <returns>Those whose mailbox is too full.</returns>
    /// <exception cref="OutcomeUnknownException">Not all may have it: to be repeated.</exception>
    public async Task<long[]> Post(long[] players, string messageId, uint op, byte[] body)
    {
        var posted = await Task.WhenAll(players.Select(player =>
            cluster.GetGrain<IMailboxGrain>(player).Post($"relay/{messageId}", op, body, PostKind.Message)));
        return [.. players.Where((_, i) => posted[i] is null)];
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var service = RelayReflection.Descriptor.Services[0];
        calls.Serve<PlayersPush, PlayersPushed>(service, (_, push, _) => Answer(push));
        calls.Serve<EverybodyPush, EverybodyPushed>(service, (_, push, _) =>
        {
            Check(push.Op, push.Body);
            return Task.FromResult(
                new EverybodyPushed { Gateways = (uint)Push(null, push.Op, push.Body.ToByteArray()) });
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Check(uint op, ByteString body)
    {
        if (!Opcodes.Pushes.ContainsKey(op))
            throw new ArgumentException($"{op} is the opcode of no push.", nameof(op));
        if (body.Length > MaxBytes)
            throw new ArgumentException($"A push of {body.Length} bytes, where {MaxBytes} are allowed.", nameof(body));
    }

    private async Task<PlayersPushed> Answer(PlayersPush push)
    {
        Check(push.Op, push.Body);
        if (push.PlayerIds.Count > MaxPlayers)
            throw new ArgumentException($"{push.PlayerIds.Count} players, where {MaxPlayers} are allowed.",
                nameof(push));
        var players = push.PlayerIds.Select(id => (long)id).ToArray();
        var body = push.Body.ToByteArray();
        if (push.MessageId.Length == 0)
        {
            Push(players, push.Op, body);
            return new PlayersPushed();
        }

        var full = await Post(players, push.MessageId, push.Op, body);
        return new PlayersPushed { Full = { full.Select(id => (ulong)id) } };
    }
}
