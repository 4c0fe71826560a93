using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Bots.Scenarios;

/// <summary>The session's own requests, and requests that no client should send.</summary>
internal sealed class SmokeSystem(SmokeBot smoke)
{
    public async Task Run()
    {
        foreach (var length in new[] { 0, 1, 64, 32_000 })
        {
            var sent = ByteString.CopyFrom([.. Enumerable.Range(0, length).Select(i => (byte)i)]);
            ByteString? back = null;
            await smoke.Does("echo", async c => back = await c.System.Echo(sent));
            smoke.Expect(back == sent, $"an echo of {length} bytes came back different");
        }
        HeartbeatReply? beat = null;
        await smoke.Does("heartbeat", async c => beat = await c.System.Heartbeat());
        smoke.Expect(beat!.HeadSeq == smoke.Bot.Client.LastSeq,
            $"the mailbox reaches to {beat.HeadSeq}, not {smoke.Bot.Client.LastSeq}");
        DateTimeOffset time = default;
        await smoke.Does("time", async c => time = await c.System.GetTime());
        smoke.Expect(Math.Abs((DateTimeOffset.UtcNow - time).TotalMinutes) < 60, $"the server's time is {time}");
        ServerInfoReply? info = null;
        await smoke.Does("info", async c => info = await c.System.GetServerInfo());
        smoke.Expect(info!.Version.Length > 0 && info.Limits.Equals(smoke.Bot.Client.Limits),
            $"the server's info is {info}");
        await Wrong();
    }

    private async Task Wrong()
    {
        await smoke.Refuses(GameError.UnknownOpcode, "an unknown opcode",
            c => c.CallRaw(9_999, ByteString.Empty, Effect.Read));
        await smoke.Refuses(GameError.InvalidArgument, "a body that does not parse",
            c => c.CallRaw(Opcodes.Of<MoveItemRequest>().Op, ByteString.CopyFrom(0xff, 0xff), Effect.Read));
        await smoke.Refuses(GameError.AlreadyAuthenticated, "a second log-in",
            c => c.CallRaw(Opcodes.Of<LoginRequest>().Op, ByteString.Empty, Effect.Read));
    }
}
