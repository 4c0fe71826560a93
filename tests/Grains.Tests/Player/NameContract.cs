using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using GameBackend.Grains.Player;

namespace GameBackend.Grains.Tests.Player;

[Collection(nameof(RedisGame))]
public sealed class NamesOnRedisTests(RedisGame game) : NameContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class NamesOnEmbeddedStoreTests(EmbeddedGame game) : NameContract(game);

/// <summary>A name has one owner, and comes back when it is not used.</summary>
public abstract class NameContract(GameHost game)
{
    [Fact]
    public async Task Of_players_that_take_one_name_at_the_same_time_exactly_one_wins()
    {
        var players = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TestPlayer.Connected(game)));
        var name = NewName();
        var outcomes = await Task.WhenAll(players.Select((player, i) =>
            player.Profile.Create(player.Next(), i % 2 == 0 ? name : name.ToUpperInvariant())));
        Assert.Single(outcomes, outcome => outcome.Error == GameError.Ok);
        Assert.Equal(7, outcomes.Count(outcome => outcome.Error == GameError.NameTaken));
        var loser = players[Array.FindIndex(outcomes, outcome => outcome.Error != GameError.Ok)];
        Assert.Equal(GameError.Ok, (await loser.Profile.Create(loser.Next(), NewName())).Error);
    }

    [Fact]
    public async Task A_rename_frees_the_former_name()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var name = NewName();
        Assert.Equal(GameError.Ok, (await ann.Profile.Rename(ann.Next(), name)).Error);
        Assert.Equal(GameError.NameTaken, (await bob.Profile.Rename(bob.Next(), name)).Error);
        Assert.Equal(GameError.Ok, (await bob.Profile.Rename(bob.Next(), ann.Name)).Error);
        Assert.Equal(ann.Id, await Owner(name));
        Assert.Equal(bob.Id, await Owner(ann.Name));
        Assert.Null(await Owner(bob.Name));
        Assert.Equal((name, ann.Name), ((await ann.Fetch()).Profile.Name, (await bob.Fetch()).Profile.Name));
    }

    [Fact]
    public async Task A_name_is_given_back_and_taken_again_any_number_of_times()
    {
        var player = await TestPlayer.Playing(game);
        var name = NewName();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(GameError.Ok, (await player.Profile.Rename(player.Next(), name)).Error);
            Assert.Null(await Owner(player.Name));
            Assert.Equal(GameError.Ok, (await player.Profile.Rename(player.Next(), player.Name)).Error);
            Assert.Null(await Owner(name));
        }
    }

    [Fact]
    public async Task A_player_may_write_the_own_name_differently()
    {
        var player = await TestPlayer.Playing(game);
        var louder = player.Name.ToUpperInvariant();
        Assert.Equal(GameError.Ok, (await player.Profile.Rename(player.Next(), louder)).Error);
        Assert.Equal(louder, (await player.Fetch()).Profile.Name);
        await GameHost.Deactivate(player.Session);
        await player.Fetch();
        Assert.Equal(player.Id, await Owner(player.Name));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("name with spaces")]
    [InlineData("a_name_that_is_too_long")]
    [InlineData("Mr_Fuck")]
    [InlineData("Sh1t_99")]
    public async Task A_bad_name_is_refused_and_not_taken(string name)
    {
        var player = await TestPlayer.Connected(game);
        Assert.Equal(GameError.NameInvalid, (await player.Profile.Create(player.Next(), name)).Error);
        Assert.Null(await Owner(name));
    }

    [Theory]
    [InlineData("write:name/player/{name}", Fault.Before)]
    [InlineData("write:name/player/{name}", Fault.After)]
    [InlineData("write:player/{id}", Fault.Before)]
    [InlineData("write:player/{id}", Fault.TimeoutAfter)]
    public async Task A_creation_that_was_cut_off_succeeds_when_it_is_sent_again(string point, Fault fault)
    {
        var player = await TestPlayer.Connected(game);
        game.Faults.Arm(point.Replace("{name}", player.Name).Replace("{id}", $"{player.Id}"), fault);
        var request = player.Next();
        await Assert.ThrowsAnyAsync<Exception>(() => player.Profile.Create(request, player.Name));
        var outcome = await Wait.UntilClear(() => player.Profile.Create(request, player.Name));
        Assert.Equal(GameError.Ok, outcome.Error);
        Assert.Equal(player.Id, await Owner(player.Name));
        Assert.Equal(1ul, Assert.Single(await player.Changes()).Version);
    }

    [Fact]
    public async Task A_name_that_was_taken_and_never_saved_is_given_back_by_the_next_activation()
    {
        var player = await TestPlayer.Connected(game);
        var (point, name) = ($"write:player/{player.Id}", NewName());
        // The first write holds the wish; the name is taken after it, and the second write would have saved the player.
        var held = game.Faults.Hold($"write:name/player/{name}");
        var creating = player.Profile.Create(player.Next(), name);
        await held.Arrived;
        game.Faults.Arm(point, Fault.Before);
        held.Release();
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => creating);
        Assert.Equal(player.Id, await Owner(name));

        await Wait.UntilClear(() => player.Session.GetPresence());
        Assert.Null(await Owner(name));
        var other = await TestPlayer.Connected(game);
        Assert.Equal(GameError.Ok, (await other.Profile.Create(other.Next(), name)).Error);
    }

    [Fact]
    public async Task A_name_that_cannot_be_given_back_now_is_given_back_later()
    {
        var player = await TestPlayer.Playing(game);
        var name = NewName();
        game.Faults.Arm($"clear:name/player/{player.Name}", Fault.Before);
        game.Faults.Arm($"clear:name/player/{player.Name}", Fault.Before);
        Assert.Equal(GameError.Ok, (await player.Profile.Rename(player.Next(), name)).Error);
        Assert.Equal(player.Id, await Owner(player.Name));
        await GameHost.Deactivate(player.Session);
        Assert.Equal(name, (await player.Fetch()).Profile.Name);
        Assert.Equal(player.Id, await Owner(player.Name));
        await GameHost.Deactivate(player.Session);
        Assert.Equal(name, (await player.Fetch()).Profile.Name);
        Assert.Null(await Owner(player.Name));
    }

    [Fact]
    public async Task Names_that_fold_or_look_the_same_have_one_owner_and_all_of_a_name_is_given_back()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var letters = string.Concat(Enumerable.Range(0, 8).Select(_ => "abcdefgh"[Random.Shared.Next(8)]));
        var (ligature, plain) = ($"ĳ{letters}", $"ij{letters}");
        Assert.Equal(GameError.Ok, (await ann.Profile.Rename(ann.Next(), ligature)).Error);
        Assert.Equal(GameError.NameTaken, (await bob.Profile.Rename(bob.Next(), plain)).Error);
        Assert.Equal(GameError.NameTaken, (await bob.Profile.Rename(bob.Next(), ligature)).Error);
        Assert.Equal((bob.Name, ann.Id), ((await bob.Fetch()).Profile.Name, await Owner(plain)));
        // To another way to write the own name, and to another name.
        Assert.Equal(GameError.Ok, (await ann.Profile.Rename(ann.Next(), plain)).Error);
        Assert.Equal((null, ann.Id), (await Owner(ligature), await Owner(plain)));
        Assert.Equal(GameError.NameTaken, (await bob.Profile.Rename(bob.Next(), ligature)).Error);
        Assert.Null(await Owner(ligature));
        Assert.Equal(GameError.Ok, (await ann.Profile.Rename(ann.Next(), ann.Name)).Error);
        Assert.Equal(GameError.Ok, (await bob.Profile.Rename(bob.Next(), ligature)).Error);
    }

    [Fact]
    public async Task A_name_that_was_taken_when_names_had_one_key_stays_taken_and_gets_the_others()
    {
        var (old, now) = (await TestPlayer.Registered(game), await TestPlayer.Playing(game));
        var letters = string.Concat(Enumerable.Range(0, 8).Select(_ => "abcdefgh"[Random.Shared.Next(8)]));
        var (ligature, plain) = ($"ĳ{letters}", $"ij{letters}");
        // As a version before has left it behind.
        var key = game.Client.GetGrain<INameGrain>($"player/{ligature}");
        await game.Store("name", key, new NameState { Owner = old.Id });
        await game.Store("player", old.Session, new PlayerRecord
        {
            Player = new PlayerState { Version = 1, Profile = new Profile { Name = ligature } },
            Session = new SessionState(),
        });
        Assert.Equal(GameError.NameTaken, (await now.Profile.Rename(now.Next(), ligature)).Error);
        await old.Login();
        Assert.Equal(GameError.NameTaken, (await now.Profile.Rename(now.Next(), plain)).Error);
        Assert.Equal((old.Id, old.Id), (await Owner(ligature), await Owner(plain)));
        Assert.Equal(ligature, (await old.Fetch()).Profile.Name);
        Assert.Equal(GameError.Ok, (await old.Profile.Rename(old.Next(), old.Name)).Error);
        Assert.Equal(GameError.Ok, (await now.Profile.Rename(now.Next(), plain)).Error);
    }

    private static string NewName() => $"n_{Random.Shared.NextInt64(1, 10_000_000_000_000)}";

    private Task<long?> Owner(string name) =>
        game.Client.GetGrain<INameGrain>($"player/{name.ToLowerInvariant()}").Owner();
}
