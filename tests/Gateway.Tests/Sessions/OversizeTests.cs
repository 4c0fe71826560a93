using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A frame over the limit never leaves: the client gets what it can go on from.</summary>
public sealed class OversizeTests
{
    private const int Limit = 2000;

    private static readonly GatewayOptions s_options = new() { MaxFrameBytes = Limit, RequestBurst = 100 };

    [Fact]
    public async Task A_request_whose_answer_is_too_large_fails_alone()
    {
        var rig = await Open(new Rig(
            routes => routes.Map<FetchPlayerRequest, PlayerView>(
                (_, _) => Task.FromResult(new Outcome(GameError.Ok, new byte[Limit]))),
            s_options));
        var id = rig.Request(new FetchPlayerRequest());
        var answer = await rig.Socket.Next();
        Assert.Equal((id, GameError.ReplyTooLarge, 0), (answer.Id, answer.Error, answer.Body.Length));
        Assert.Equal(id + 1, rig.Request(new FetchPlayerRequest()));
        Assert.Equal(id + 1, (await rig.Socket.Next()).Id);
    }

    [Fact]
    public async Task An_item_of_the_mailbox_that_is_too_large_becomes_a_resync_in_its_place()
    {
        var rig = await Open(new Rig(options: s_options));
        rig.Session.Deliver(ScriptedMailbox.Item(1, Limit));
        rig.Session.Deliver(ScriptedMailbox.Item(2));
        var (resync, next) = (await rig.Socket.Next(), await rig.Socket.Next());
        Assert.Equal((1ul, Opcodes.OfPush<Resync>().Op), (resync.Seq, resync.Op));
        Assert.Equal(1ul, resync.Read<Resync>().Dropped);
        Assert.Equal((2ul, Opcodes.OfPush<Note>().Op), (next.Seq, next.Op));
    }

    [Fact]
    public async Task A_transient_push_that_is_too_large_is_left_out()
    {
        var rig = await Open(new Rig(options: s_options));
        rig.Session.SendTransient(Opcodes.OfPush<ServerNotice>().Op, new byte[Limit]);
        rig.Session.SendTransient(Opcodes.OfPush<MatchStatus>().Op, []);
        Assert.Equal(Opcodes.OfPush<MatchStatus>().Op, (await rig.Socket.Next()).Op);
    }

    [Fact]
    public async Task A_goodbye_that_is_too_large_keeps_its_reason()
    {
        var rig = await Open(new Rig(options: s_options));
        rig.Session.Close(GoodbyeReason.Kicked, new string('\u3042', Limit));
        Assert.Equal(GoodbyeReason.Kicked, (await rig.Socket.Next()).Read<Goodbye>().Reason);
    }

    private static async Task<Rig> Open(Rig rig)
    {
        rig.Open();
        await rig.Socket.Next();
        return rig;
    }
}
