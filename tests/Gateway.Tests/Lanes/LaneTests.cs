using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Lanes;

/// <summary>The fast path, and its loss.</summary>
public sealed class LaneTests
{
    [Fact]
    public async Task A_lane_that_the_silo_has_dropped_is_subscribed_anew()
    {
        await using var backend = await Backend.Start(
            ("Gateway:Lanes", 2), ("Gateway:HeartbeatEvery", "00:10:00"), ("Gateway:DeadAfter", "00:30:00"));
        await using var client = await backend.Play(Transport.Tcp);
        await using var other = await backend.Play(Transport.WebSocket);
        await AssertLive(backend, client);

        var lane = backend.Lanes.LaneOf((long)client.Account.PlayerId);
        var subscriptions = await backend.Streams.GetStream<LaneItem>(Lane.Stream(lane)).GetAllSubscriptionHandles();
        await Assert.Single(subscriptions).UnsubscribeAsync();
        // Nobody hears this one. It is found when the lane is back, long before a heartbeat.
        await Mailbox(backend, client).Post("unheard", Opcodes.OfPush<Note>().Op, [], PostKind.Change);
        Assert.Equal(2ul, (await client.Next(push => push.Seq != 0)).Seq);
        await AssertLive(backend, client);
        await AssertLive(backend, other);
    }

    private static async Task AssertLive(Backend backend, RawClient client)
    {
        await Mailbox(backend, client).PostTransient(Opcodes.OfPush<Note>().Op, [1]);
        var push = await client.Next(envelope => envelope.Id == 0 && envelope.Seq == 0);
        Assert.Equal(1, push.Body.Length);
    }

    private static IMailboxGrain Mailbox(Backend backend, RawClient client) =>
        backend.Grains.GetGrain<IMailboxGrain>((long)client.Account.PlayerId);
}
