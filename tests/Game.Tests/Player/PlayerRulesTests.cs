namespace GameBackend.Game.Tests;

public sealed class PlayerRulesTests
{
    [Fact]
    public void Create_gives_the_starter_kit_and_books_it()
    {
        var player = new TestPlayer();
        Assert.False(PlayerRules.Exists(player.State));

        var change = player.Do((s, c, a) => PlayerRules.Create(s, c, a, "Alice"));

        Assert.True(PlayerRules.Exists(player.State));
        Assert.Equal("player.create", change.Cause);
        Assert.Equal(1UL, change.Version);
        Assert.Equal("Alice", player.State.Profile.Name);
        Assert.Equal(TestPlayer.NowMs + 1, player.State.Profile.CreatedAtMs);
        Assert.Equal(1U, player.State.Level);
        Assert.Equal(100UL, change.ExperienceToNext);
        Assert.Equal(8U, player.State.BagCapacity);
        Assert.Equal("0:sword*1! 1:potion*10 2:potion*2 3:berry*3 4:relic*1!", player.Bag());
        Assert.Equal([new Pet { Id = 1, Kind = "owl", Level = 1 }], player.State.Pets);
        Assert.Equal((1000, 20), (player.Gold, player.Gem));
        Assert.Equal(
            ["gold 1000", "gem 20", "owl 1", "berry 3", "potion 12", "relic 1", "sword 1"],
            player.State.Ledger.Select(e => $"{e.Currency}{e.Item}{e.Pet} {e.BalanceAfter}"));
        Assert.All(player.State.Ledger, e => Assert.Equal(LedgerFlow.Minted, e.Flow));
        Assert.All(player.State.Ledger, e => Assert.Equal("player.create", e.Reason));
        Assert.Equal(new Stats { Health = 100, Attack = 10, Defence = 5, Speed = 1 }, change.Stats);
    }

    [Fact]
    public void The_creation_is_the_change_from_an_empty_view()
    {
        var state = new PlayerState();
        var decision = PlayerRules.Create(state, Catalogue.LoadDefault(), new Act("a", 1), "Alice");
        var view = ViewFold.Apply(new PlayerView { PlayerId = 7, Bag = new Bag() }, decision.Change!);
        Assert.Equal(PlayerViews.Whole(7, state, Catalogue.LoadDefault()), view);
    }

    [Fact]
    public void Create_of_a_player_that_exists_is_refused() =>
        TestPlayer.Created().Refused(GameError.PlayerExists, (s, c, a) => PlayerRules.Create(s, c, a, "Bob"));

    [Fact]
    public void Create_with_an_invalid_name_is_refused() =>
        new TestPlayer().Refused(GameError.NameInvalid, (s, c, a) => PlayerRules.Create(s, c, a, "B!"));

    [Fact]
    public void A_player_that_was_not_created_can_do_nothing()
    {
        var player = new TestPlayer();
        player.Refused(GameError.PlayerMissing, (s, c, a) => PlayerRules.Rename(s, c, a, "Alice"));
        player.Refused(GameError.PlayerMissing, (s, c, a) => PlayerRules.SetProfile(s, c, a, "", ""));
        player.Refused(GameError.PlayerMissing, (s, c, a) => ShopRules.Buy(s, c, a, "herb", 1));
        player.Refused(GameError.PlayerMissing, (s, c, a) => BagRules.Move(s, c, a, 0, 1));
        player.Refused(GameError.PlayerMissing, (s, c, a) => BagRules.Split(s, c, a, 0, 1, 1));
        player.Refused(GameError.PlayerMissing, (s, c, a) => BagRules.Use(s, c, a, 0, 1));
        player.Refused(GameError.PlayerMissing, (s, c, a) => BagRules.Sell(s, c, a, 0, 1));
        player.Refused(GameError.PlayerMissing, (s, c, a) => PetRules.Feed(s, c, a, 1, 0, 1));
        player.Refused(GameError.PlayerMissing, (s, c, a) => PetRules.SetActive(s, c, a, 1));
        player.Refused(GameError.PlayerMissing, (s, c, a) => PetRules.Release(s, c, a, 1));
        player.Refused(GameError.PlayerMissing, (s, c, a) => EquipmentRules.Equip(s, c, a, 0));
        player.Refused(GameError.PlayerMissing, (s, c, a) => EquipmentRules.Unequip(s, c, a, EquipmentPlace.Ring));
        player.Refused(GameError.PlayerMissing, (s, c, a) => WalletRules.Book(s, c, a, "gold", 1, "test"));
        player.Refused(GameError.PlayerMissing, (s, c, a) => GainRules.Grant(s, c, a, Gains.Nothing, "test"));
    }

    [Fact]
    public void Rename_changes_the_name_alone()
    {
        var player = TestPlayer.Created();
        player.Do((s, c, a) => PlayerRules.SetProfile(s, c, a, "fox", "hello"));
        var created = player.State.Profile.CreatedAtMs;

        var change = player.Do((s, c, a) => PlayerRules.Rename(s, c, a, "Bob_2"));

        Assert.Equal(
            new PlayerChanged
            {
                Version = 3,
                Cause = "player.rename",
                Profile = new Profile { Name = "Bob_2", Avatar = "fox", Motto = "hello", CreatedAtMs = created },
            },
            change);
        player.Refused(GameError.NameInvalid, (s, c, a) => PlayerRules.Rename(s, c, a, ""));
    }

    [Fact]
    public void SetProfile_counts_characters_and_not_code_units()
    {
        var player = TestPlayer.Created();
        var (avatar, motto) = (Repeat("🦊", 64), Repeat("界", 140));
        player.Do((s, c, a) => PlayerRules.SetProfile(s, c, a, avatar, motto));
        var profile = player.State.Profile;
        Assert.Equal((avatar, motto, "Alice"), (profile.Avatar, profile.Motto, profile.Name));
        player.Refused(GameError.TextTooLong, (s, c, a) => PlayerRules.SetProfile(s, c, a, avatar + "x", ""));
        player.Refused(GameError.TextTooLong, (s, c, a) => PlayerRules.SetProfile(s, c, a, "", motto + "x"));
        player.Refused(GameError.InvalidArgument, (s, c, a) => PlayerRules.SetProfile(s, c, a, "", "two\nlines"));
    }

    [Fact]
    public void A_change_to_what_is_already_so_is_a_version_without_parts()
    {
        var player = TestPlayer.Created();
        var change = player.Do((s, c, a) => PlayerRules.Rename(s, c, a, "Alice"));
        Assert.Equal(new PlayerChanged { Version = 2, Cause = "player.rename" }, change);
    }

    [Fact]
    public void Nothing_that_is_handed_out_shares_parts_with_the_state()
    {
        var player = TestPlayer.Created();
        var change = player.Do((s, c, a) => ShopRules.Buy(s, c, a, "sword", 1));
        var whole = PlayerViews.Whole(7, player.State, player.Catalogue);
        var before = player.State.ToByteArray();
        change.Slots[0].Item = "changed";
        change.Wallet[0].Amount = 1;
        whole.Profile.Name = "changed";
        whole.Bag.Slots[0].Count = 9;
        whole.Pets[0].Level = 9;
        whole.Wallet[0].Amount = 9;
        Assert.Equal(before, player.State.ToByteArray());
    }

    [Fact]
    public void The_public_view_shows_profile_level_stats_and_presence()
    {
        var player = TestPlayer.Created();
        player.SetLevel(3, 50);
        var seen = PlayerViews.Public(-1, player.State, player.Catalogue, online: true);
        Assert.Equal((ulong.MaxValue, "Alice", 3U, true), (seen.PlayerId, seen.Profile.Name, seen.Level, seen.Online));
        Assert.Equal(120, seen.Stats.Health);
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
