using GameBackend.Grains.Chat;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Player;

[Collection(nameof(RedisGame))]
public sealed class NotesOnRedisTests(RedisGame game) : NoteContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class NotesOnEmbeddedStoreTests(EmbeddedGame game) : NoteContract(game);

/// <summary>Notes from player to player.</summary>
public abstract class NoteContract(GameHost game)
{
    [Fact]
    public async Task A_note_arrives_once_however_often_it_is_sent()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var request = ann.Next();
        Assert.Equal(GameError.Ok, (await ann.Profile.SendNote(request, bob.Id, "hello")).Error);
        Assert.Equal(GameError.Ok, (await ann.Profile.SendNote(request, bob.Id, "hello")).Error);
        var note = Assert.Single(await bob.Notes());
        Assert.Equal(((ulong)ann.Id, ann.Name, "hello"), (note.From, note.FromName, note.Text));
    }

    [Fact]
    public async Task A_note_arrives_at_a_player_who_is_offline()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await bob.Session.Leave(bob.Epoch, 0);
        Assert.Equal(GameError.Ok, (await ann.Profile.SendNote(ann.Next(), bob.Id, "hello")).Error);
        Assert.Equal("hello", Assert.Single(await bob.Notes()).Text);
    }

    [Fact]
    public async Task A_note_to_oneself_arrives()
    {
        var ann = await TestPlayer.Playing(game);
        Assert.Equal(GameError.Ok, (await ann.Profile.SendNote(ann.Next(), ann.Id, "remember")).Error);
        Assert.Equal("remember", Assert.Single(await ann.Notes()).Text);
    }

    [Fact]
    public async Task Two_players_who_write_to_each_other_at_once_do_not_wait_for_each_other()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var sent = await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(i => new[]
        {
            ann.Profile.SendNote(ann.Next(), bob.Id, $"{i}"), bob.Profile.SendNote(bob.Next(), ann.Id, $"{i}"),
        }));
        Assert.All(sent, outcome => Assert.Equal(GameError.Ok, outcome.Error));
        Assert.Equal((20, 20), ((await ann.Notes()).Length, (await bob.Notes()).Length));
    }

    [Fact]
    public async Task A_note_needs_somebody_who_exists_and_a_text_of_bounded_length()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var connected = await TestPlayer.Connected(game);
        Assert.Equal(GameError.PlayerNotFound, await Send(0, "hello"));
        Assert.Equal(GameError.PlayerNotFound, await Send(long.MaxValue, "hello"));
        Assert.Equal(GameError.PlayerNotFound, await Send(connected.Id, "hello"));
        Assert.Equal(GameError.InvalidArgument, await Send(bob.Id, ""));
        Assert.Equal(GameError.TextTooLong, await Send(bob.Id, new string('x', 501)));
        Assert.Equal(GameError.Ok, await Send(bob.Id, new string('界', 500)));
        Assert.Single(await bob.Notes());

        async Task<GameError> Send(long to, string text) => (await ann.Profile.SendNote(ann.Next(), to, text)).Error;
    }

    [Fact]
    public async Task A_note_does_not_reach_whoever_has_blocked_its_sender_and_the_other_way_round()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var friends = game.Client.GetGrain<IPlayerFriends>(bob.Id);
        Assert.Equal(GameError.Ok, (await friends.BlockPlayer(bob.Next(), ann.Id, true)).Error);
        Assert.Equal((GameError.FriendBlocked, GameError.FriendBlocked), (await Send(ann, bob), await Send(bob, ann)));
        Assert.Empty(await bob.Notes());
        Assert.Equal(GameError.Ok, (await friends.BlockPlayer(bob.Next(), ann.Id, false)).Error);
        Assert.Equal(GameError.Ok, await Send(ann, bob));
    }

    [Fact]
    public async Task Who_is_muted_writes_no_notes()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var chat = game.Client.GetGrain<IPlayerChat>(ann.Id);
        await chat.Mute(game.World.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        Assert.Equal(GameError.ChatMuted, await Send(ann, bob));
        await chat.Mute(game.World.Clock.GetUtcNow());
        Assert.Equal(GameError.Ok, await Send(ann, bob));
        Assert.Single(await bob.Notes());
    }

    [Fact]
    public async Task A_note_is_filtered_as_a_line_of_chat_is()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        Assert.Equal(GameError.InvalidArgument, await Send(ann, bob, "ring\u0007"));
        Assert.Equal(GameError.InvalidArgument, await Send(ann, bob, " \t "));
        Assert.Equal(GameError.Ok, await Send(ann, bob, "you shit"));
        Assert.Equal("you ****", Assert.Single(await bob.Notes()).Text);
    }

    [Fact]
    public async Task Who_writes_too_many_notes_is_told_when_there_is_room_and_a_repetition_takes_none()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var (pace, sent) = (new ChatOptions(), 0);
        Outcome outcome;
        // The clock runs meanwhile.
        while ((outcome = await ann.Profile.SendNote(ann.Next(), bob.Id, "hello")).Error == GameError.Ok)
            Assert.True(++sent < 2 * pace.NoteBurst, "notes come to an end");
        Assert.True(sent >= pace.NoteBurst);
        Assert.Equal(GameError.ChatTooFast, outcome.Error);
        Assert.InRange(outcome.RetryAfterMs, 1u, 1000u / (uint)pace.NotesPerSecond);
        game.World.Clock.Advance(TimeSpan.FromMilliseconds(outcome.RetryAfterMs));
        var last = ann.Next();
        for (var i = 0; i < 3; i++)
            Assert.Equal(GameError.Ok, (await ann.Profile.SendNote(last, bob.Id, "hello")).Error);
        Assert.Equal(sent + 1, (await bob.Notes()).Length);
    }

    [Theory]
    [InlineData("append:mailbox/{to}", Fault.Before)]
    [InlineData("append:mailbox/{to}", Fault.After)]
    [InlineData("append:mailbox/{to}", Fault.TimeoutAfter)]
    [InlineData("write:player/{from}", Fault.Before)]
    [InlineData("write:player/{from}", Fault.After)]
    public async Task A_note_that_was_cut_off_arrives_once_when_it_is_sent_again(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var armed = point.Replace("{to}", $"{bob.Id}").Replace("{from}", $"{ann.Id}");
        game.Faults.Arm(armed, fault);
        var request = ann.Next();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => ann.Profile.SendNote(request, bob.Id, "hello"));
        Assert.True(Wait.IsUnclear(failure), $"{failure}");
        var outcome = await Wait.UntilClear(() => ann.Profile.SendNote(request, bob.Id, "hello"));
        Assert.Equal(GameError.Ok, outcome.Error);
        Assert.Equal("hello", Assert.Single(await bob.Notes()).Text);
        Assert.True(game.Faults.Dealt(armed));
    }

    private static async Task<GameError> Send(TestPlayer from, TestPlayer to, string text = "hello") =>
        (await from.Profile.SendNote(from.Next(), to.Id, text)).Error;
}
