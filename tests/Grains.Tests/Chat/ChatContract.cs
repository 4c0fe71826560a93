using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using GameBackend.Nodes;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Grains.Tests.Chat;

[Collection(nameof(RedisGame))]
public sealed class ChatOnRedisTests(RedisGame game) : ChatContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class ChatOnEmbeddedStoreTests(EmbeddedGame game) : ChatContract(game);

/// <summary>What players say, and the channels that give it a place.</summary>
public abstract class ChatContract(GameHost game)
{
    private static readonly uint NoteOp = Opcodes.OfPush<Note>().Op;

    [Fact]
    public async Task A_line_that_is_sent_again_is_said_once()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var request = ann.Next();
        var first = await Said(Of(ann).Say(request, ChatKind.Private, 0, bob.Id, "hello"));
        Assert.Equal(first, await Said(Of(ann).Say(request, ChatKind.Private, 0, bob.Id, "hello")));
        // The channel's memory is gone; its log still knows.
        await GameHost.Deactivate(Private(ann, bob));
        Assert.Equal(first, await Said(Of(ann).Say(request, ChatKind.Private, 0, bob.Id, "hello")));
        var line = Assert.Single(await bob.Pushes<ChatLine>());
        Assert.Equal(
            ("hello", (ulong)ann.Id, ann.Name, (ulong)bob.Id, 1ul),
            (line.Text, line.From, line.FromName, line.To, line.Number));
    }

    [Fact]
    public async Task History_is_paged_from_the_newest_and_outlives_the_channel()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        for (var i = 1; i <= 7; i++)
            await Private(ann, bob).Say(new ChatSaying(ann.Id, ann.Name, bob.Id, $"{i}", ""));
        await GameHost.Deactivate(Private(ann, bob));
        var page = await History(bob, ann, 0, 4);
        Assert.Equal(["7", "6", "5", "4"], page.Lines.Select(line => line.Text));
        page = await History(bob, ann, page.NextBefore, 4);
        Assert.Equal(["3", "2", "1"], page.Lines.Select(line => line.Text));
        Assert.Equal(0ul, page.NextBefore);
        Assert.Equal(
            GameError.PageInvalid, (await Of(bob).ReadChat(bob.Next(), ChatKind.Private, 0, ann.Id, 0, 51)).Error);
    }

    [Fact]
    public async Task A_world_channel_keeps_its_last_hundred_lines()
    {
        var channel = game.Client.GetGrain<IChatChannelGrain>($"world/{Random.Shared.Next(1000, 1_000_000)}");
        for (var i = 0; i < 130; i++)
            await channel.Say(new ChatSaying(1, "somebody", 0, $"{i}", ""));
        var page = await channel.Read(1, 64);
        Assert.Equal((31ul, 130ul, 31ul), (page.First, page.Head, page.Lines[0].Number));
        Assert.True((await game.Logs.Open($"chat/{channel.GetPrimaryKeyString()}")).First > 1);
    }

    [Fact]
    public async Task What_may_not_be_said_is_refused()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        Assert.Equal(GameError.InvalidArgument, await World(ann, " "));
        Assert.Equal(GameError.TextTooLong, await World(ann, new string('x', 201)));
        Assert.Equal(GameError.ChatChannelInvalid, await World(ann, "hello", 5));
        Assert.Equal(GameError.ChatChannelInvalid, await Error(Of(ann).Say(ann.Next(), ChatKind.Team, 0, 0, "hello")));
        Assert.Equal(GameError.ChatChannelInvalid, await Error(Of(ann).Say(ann.Next(), ChatKind.Guild, 0, 0, "hello")));
        Assert.Equal(GameError.ChatChannelInvalid, await Error(Of(ann).Say(ann.Next(), (ChatKind)9, 0, 0, "hello")));
        Assert.Equal(GameError.PlayerNotFound, await Whisper(ann, long.MaxValue));
        Assert.Equal(GameError.Ok, await Whisper(ann, bob.Id));
        Assert.Equal("you ****", (await Said(Of(ann).Say(ann.Next(), ChatKind.Private, 0, bob.Id, "you shit"))).Text);
    }

    [Fact]
    public async Task Who_says_too_much_waits_and_a_repetition_takes_no_breath()
    {
        var ann = await TestPlayer.Playing(game);
        var first = ann.Next();
        for (var i = 0; i < 10; i++)
            Assert.Equal(GameError.Ok, await Error(Of(ann).Say(first, ChatKind.World, 0, 0, "hello")));
        for (var i = 0; i < 4; i++)
            Assert.Equal(GameError.Ok, await World(ann, "hello"));
        var tooFast = await Of(ann).Say(ann.Next(), ChatKind.World, 0, 0, "hello");
        Assert.Equal(GameError.ChatTooFast, tooFast.Error);
        Assert.InRange(tooFast.RetryAfterMs, 1u, 1000u);
        game.World.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(GameError.Ok, await World(ann, "hello"));
    }

    [Fact]
    public async Task A_muted_player_says_nothing_until_the_time_is_over()
    {
        var ann = await TestPlayer.Playing(game);
        await Of(ann).Mute(game.World.Clock.GetUtcNow() + TimeSpan.FromSeconds(10));
        await GameHost.Deactivate(Of(ann));
        Assert.Equal(GameError.ChatMuted, await World(ann, "hello"));
        game.World.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(GameError.Ok, await World(ann, "hello"));
    }

    [Fact]
    public async Task Who_is_blocked_does_not_reach_the_other_and_the_other_way_round()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var friends = game.Client.GetGrain<IPlayerFriends>(bob.Id);
        Assert.Equal(GameError.Ok, (await friends.BlockPlayer(bob.Next(), ann.Id, true)).Error);
        Assert.Equal((GameError.FriendBlocked, GameError.FriendBlocked),
            (await Whisper(ann, bob.Id), await Whisper(bob, ann.Id)));
        var team = await game.Client.GetGrain<IPlayerTeam>(ann.Id)
            .CreateTeam(ann.Next(), new TeamWishes("", true, "", ""));
        var id = (long)CreateTeamReply.Parser.ParseFrom(team.Reply).TeamId;
        Assert.Equal(
            GameError.FriendBlocked,
            (await game.Client.GetGrain<IPlayerTeam>(ann.Id).InviteToTeam(ann.Next(), id, bob.Id)).Error);
        Assert.Equal(GameError.Ok, (await friends.BlockPlayer(bob.Next(), ann.Id, false)).Error);
        Assert.Equal(GameError.Ok, await Whisper(ann, bob.Id));
    }

    [Fact]
    public async Task A_private_line_for_which_the_mailbox_has_no_room_is_said_once_and_read_in_the_history()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var body = new Note { Text = "much" }.ToByteArray();
        for (var i = 0; await bob.Mailbox.Post($"much/{i}", NoteOp, body, PostKind.Message) is not null; i++)
            Assert.True(i < 1000, "the mailbox is full at last");
        var request = ann.Next();
        var said = await Said(Of(ann).Say(request, ChatKind.Private, 0, bob.Id, "hello"));
        await GameHost.Deactivate(Private(ann, bob));
        Assert.Equal(said, await Said(Of(ann).Say(request, ChatKind.Private, 0, bob.Id, "hello")));
        Assert.Empty(await bob.Pushes<ChatLine>());
        Assert.Equal("hello", Assert.Single((await History(bob, ann, 0, 50)).Lines).Text);
    }

    [Fact]
    public async Task One_send_a_gateway_tells_of_a_line()
    {
        var gateway = Guid.NewGuid();
        await using var ear = await LaneEar.Listen(game, Lane.Name(gateway, 0), game.Client);
        game.Silo.GetRequiredService<NodeSelf>().SetMetadata(GatewayNode.Id, $"{gateway:N}");
        var channel = game.Client.GetGrain<IChatChannelGrain>($"world/{Random.Shared.Next(1000, 1_000_000)}");
        var said = 0;
        await Wait.Until(async () =>
        {
            await channel.Say(new ChatSaying(5, "somebody", 0, $"{++said}", ""));
            return ear.Items.Length > 0;
        }, "the gateway is told");
        await channel.Say(new ChatSaying(5, "somebody", 0, "last", ""));
        var item = await ear.Next(each => Text(each) == "last");
        await ear.Probe(game);
        Assert.Equal(channel.GetPrimaryKeyString(), item.Channel);
        Assert.Single(ear.Items, each => Text(each) == "last");

        static string Text(LaneItem item) => ChatLine.Parser.ParseFrom(item.Body).Text;
    }

    private IPlayerChat Of(TestPlayer player) => game.Client.GetGrain<IPlayerChat>(player.Id);

    private IChatChannelGrain Private(TestPlayer one, TestPlayer other) =>
        game.Client.GetGrain<IChatChannelGrain>(ChatRules.PrivateChannel(one.Id, other.Id));

    private Task<GameError> World(TestPlayer player, string text, uint world = 0) =>
        Error(Of(player).Say(player.Next(), ChatKind.World, world, 0, text));

    private Task<GameError> Whisper(TestPlayer player, long to) =>
        Error(Of(player).Say(player.Next(), ChatKind.Private, 0, to, "psst"));

    private async Task<ReadChatReply> History(TestPlayer player, TestPlayer with, ulong before, uint count)
    {
        var outcome = await Of(player).ReadChat(player.Next(), ChatKind.Private, 0, with.Id, before, count);
        Assert.Equal(GameError.Ok, outcome.Error);
        return ReadChatReply.Parser.ParseFrom(outcome.Reply);
    }

    private static async Task<GameError> Error(Task<Outcome> call) => (await call).Error;

    private static async Task<SayReply> Said(Task<Outcome> call)
    {
        var outcome = await call;
        Assert.Equal(GameError.Ok, outcome.Error);
        return SayReply.Parser.ParseFrom(outcome.Reply);
    }
}
