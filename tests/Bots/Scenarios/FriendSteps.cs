using GameBackend.Client;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// Bots befriend each other in pairs, one asking or both at once, read each other's state, part, and block. Both must
/// see the same in the end. The bots are logged in and have players.
/// </summary>
internal static class FriendSteps
{
    public static Task Run(IReadOnlyList<Bot> bots) =>
        Task.WhenAll(bots.Chunk(2).Where(pair => pair.Length == 2).Select(RunPair));

    private static async Task RunPair(Bot[] pair)
    {
        var (ann, bob) = (pair[0], pair[1]);
        try
        {
            if (ann.Index % 4 == 0)
                await BefriendAtOnce(ann, bob);
            else
                await Befriend(ann, bob);
            await Both(ann, bob, FriendRelation.Friend);
            await SeeStatus(ann, bob);
            await ann.Do("friend again", client => client.Friends.Request(bob.PlayerId), GameError.FriendAlready);
            await bob.Do("unfriend", client => client.Friends.Remove(ann.PlayerId));
            await Both(ann, bob, FriendRelation.None);
            await bob.Do("block", client => client.Friends.Block(ann.PlayerId));
            await ann.Do("friend a blocker", client => client.Friends.Request(bob.PlayerId), GameError.FriendBlocked);
            await ann.Do("write to a blocker", client =>
                client.Chat.SayTo(bob.PlayerId, "hello"), GameError.FriendBlocked);
            await bob.Do("unblock", client => client.Friends.Block(ann.PlayerId, false));
        }
        catch (Exception e)
        {
            ann.Report.Fail($"{ann.Name} and {bob.Name} have stopped: {e}");
        }
    }

    private static async Task Befriend(Bot ann, Bot bob)
    {
        await ann.Do("befriend", client => client.Friends.Request(bob.PlayerId));
        await Until(bob, ann, FriendRelation.Asks);
        await bob.Do("accept a friend", client => client.Friends.Answer(ann.PlayerId, true));
    }

    /// <summary>Whichever comes first, the other finds itself asked, or a friend already.</summary>
    private static Task BefriendAtOnce(Bot ann, Bot bob) => Task.WhenAll(
        ann.Do("befriend", client => client.Friends.Request(bob.PlayerId), GameError.FriendAlready),
        bob.Do("befriend", client => client.Friends.Request(ann.PlayerId), GameError.FriendAlready));

    private static async Task SeeStatus(Bot ann, Bot bob)
    {
        var text = $"busy {bob.Index}";
        await bob.Do("status", client => client.Friends.SetStatus(text));
        await Until(ann, bob, FriendRelation.Friend, entry =>
            entry.Presence is { Status: >= PlayerStatus.Away } presence && presence.StatusText == text);
    }

    private static async Task Both(Bot ann, Bot bob, FriendRelation relation)
    {
        await Until(ann, bob, relation);
        await Until(bob, ann, relation);
    }

    private static async Task Until(
        Bot bot, Bot other, FriendRelation relation, Func<FriendEntry, bool>? fits = null)
    {
        var seen = new FriendEntry();
        for (var begin = MachineTime.Now; ; await Task.Delay(100))
        {
            await bot.Do("friends", async client => seen = await Find(client, other.PlayerId));
            if (seen.Relation == relation && (fits is null || fits(seen)))
                return;
            if (MachineTime.Now - begin > BotRun.Patience)
                throw new TimeoutException($"{bot.Name} does not see {other.Name} as {relation}, but {seen}.");
        }
    }

    private static async Task<FriendEntry> Find(GameClient client, ulong player)
    {
        foreach (var list in (FriendList[])[FriendList.Friends, FriendList.Asked, FriendList.Asks])
        {
            var page = await client.Friends.List(list, after: player - 1, count: 1);
            if (page.Entries.FirstOrDefault(entry => entry.PlayerId == player) is { } found)
                return found;
        }

        return new FriendEntry();
    }
}
