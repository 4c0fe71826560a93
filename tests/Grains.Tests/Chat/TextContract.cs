using GameBackend.Grains.Interfaces;
using GameBackend.Grains.Tests.Guild;
using Google.Protobuf;

namespace GameBackend.Grains.Tests.Chat;

[Collection(nameof(RedisGame))]
public sealed class TextsOnRedisTests(RedisGame game) : TextContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class TextsOnEmbeddedStoreTests(EmbeddedGame game) : TextContract(game);

/// <summary>What players write passes the filter and an operator's mute, whatever it is for.</summary>
public abstract class TextContract(GameHost game)
{
    private const string Rude = "oh shit";
    private const string Starred = "oh ****";

    [Fact]
    public async Task The_filter_stars_words_in_letters_profiles_and_guild_texts()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        Assert.Equal(GameError.Ok, (await Letters(ann).SendLetter(ann.Next(), bob.Id, Rude, Rude, [])).Error);
        var list = ListLettersReply.Parser.ParseFrom((await Letters(bob).ListLetters(bob.Next(), 0, 0)).Reply);
        var letter = Assert.Single(list.Letters, each => each.Kind == LetterKind.Player);
        Assert.Equal((Starred, Starred), (letter.Subject, letter.Text));
        Assert.Equal(GameError.Ok, (await ann.Profile.SetProfile(ann.Next(), Rude, Rude)).Error);
        var profile = (await ann.Fetch()).Profile;
        Assert.Equal((Starred, Starred), (profile.Avatar, profile.Motto));
        await ann.Found();
        Assert.Equal(GameError.Ok, (await ann.Order(new ConfigureGuildRequest
        {
            MessageOfTheDay = Rude,
            Notice = Rude,
            Emblem = Rude,
        })).Error);
        var guild = (await ann.FetchGuild()).Profile;
        Assert.Equal((Starred, Starred, Starred), (guild.MessageOfTheDay, guild.Notice, guild.Emblem));
    }

    [Fact]
    public async Task A_muted_player_writes_nothing_and_does_the_rest()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await ann.Found();
        await Chat(ann).Mute(game.World.Clock.GetUtcNow().AddMinutes(1));
        var friends = game.Client.GetGrain<IPlayerFriends>(ann.Id);
        var teams = game.Client.GetGrain<IPlayerTeam>(ann.Id);
        var gold = new Value { Currencies = { new Balance { Currency = "gold", Amount = 5 } } }.ToByteArray();
        Outcome[] refused =
        [
            await Letters(ann).SendLetter(ann.Next(), bob.Id, "", "hi", []),
            await Letters(ann).SendLetter(ann.Next(), bob.Id, "hi", "", gold),
            await friends.SetStatus(ann.Next(), "hi"),
            await ann.Profile.SetProfile(ann.Next(), "", "hi"),
            await ann.Profile.Rename(ann.Next(), $"q_{ann.Id}"),
            await ann.Profile.Rename(ann.Next(), ann.Name.ToUpperInvariant()),
            await teams.CreateTeam(ann.Next(), new TeamWishes("", true, "hi", "")),
            await ann.Order(new ConfigureGuildRequest { Notice = "hi" }),
            await Chat(ann).Say(ann.Next(), ChatKind.World, 0, 0, "hi"),
            await ann.Profile.SendNote(ann.Next(), bob.Id, "hi"),
        ];
        Assert.All(refused, outcome => Assert.Equal(GameError.ChatMuted, outcome.Error));
        Outcome[] done =
        [
            await Letters(ann).SendLetter(ann.Next(), bob.Id, "", "", gold),
            await friends.SetStatus(ann.Next(), ""),
            await teams.CreateTeam(ann.Next(), new TeamWishes("", true, "", "")),
            await ann.Order(new ConfigureGuildRequest { JoinMode = GuildJoinMode.Invitation }),
        ];
        Assert.All(done, outcome => Assert.Equal(GameError.Ok, outcome.Error));
        await Chat(ann).Mute(DateTimeOffset.UnixEpoch);
        Assert.Equal(GameError.Ok, (await friends.SetStatus(ann.Next(), "hi")).Error);
    }

    [Fact]
    public async Task What_was_written_before_a_mute_is_not_refused_when_it_is_sent_again()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var (letter, line) = (ann.Next(), ann.Next());
        Assert.Equal(GameError.Ok, (await Letters(ann).SendLetter(letter, bob.Id, "", "hi", [])).Error);
        Assert.Equal(GameError.Ok, (await Chat(ann).Say(line, ChatKind.World, 0, 0, "hi")).Error);
        await Chat(ann).Mute(game.World.Clock.GetUtcNow().AddMinutes(1));
        Assert.Equal(GameError.Ok, (await Letters(ann).SendLetter(letter, bob.Id, "", "hi", [])).Error);
        Assert.Equal(GameError.Ok, (await Chat(ann).Say(line, ChatKind.World, 0, 0, "hi")).Error);
    }

    private IPlayerLetters Letters(TestPlayer player) => game.Client.GetGrain<IPlayerLetters>(player.Id);

    private IPlayerChat Chat(TestPlayer player) => game.Client.GetGrain<IPlayerChat>(player.Id);
}
