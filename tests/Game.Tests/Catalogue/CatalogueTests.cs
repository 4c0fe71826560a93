using System.Text.Json.Nodes;

namespace GameBackend.Game.Tests;

public sealed class CatalogueTests
{
    [Fact]
    public void A_catalogue_may_be_spread_over_documents()
    {
        var json = JsonNode.Parse(SmallCatalogue.Json)!.AsObject();
        var parts = json.Select(
            section => new JsonObject { [section.Key] = section.Value!.DeepClone() }.ToJsonString());
        var catalogue = Catalogue.Load([.. parts, """{ "items": [{ "id": "stone", "kind": "material" }] } // more"""]);
        Assert.Equal(SmallCatalogue.Instance.Items.Count + 1, catalogue.Items.Count);
        Assert.Equal(1U, catalogue.Items["stone"].StackLimit);
    }

    [Fact]
    public void Single_sections_may_not_be_there_twice()
    {
        var e = Assert.Throws<CatalogueException>(() => Catalogue.Load(SmallCatalogue.Json, SmallCatalogue.Json));
        Assert.Contains("document 2: player is there twice", e.Problems);
        Assert.Contains("document 2: starterKit is there twice", e.Problems);
        Assert.Contains("item 'herb': the id is there twice", e.Problems);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{ "items": [], "items": [] }""")]
    public void What_is_no_document_is_a_problem_that_names_it(string json)
    {
        var e = Assert.Throws<CatalogueException>(() => Catalogue.Load(SmallCatalogue.Json, json));
        Assert.StartsWith("document 2: ", Assert.Single(e.Problems));
    }

    [Fact]
    public void No_document_at_all_is_unsound() => Assert.Throws<CatalogueException>(() => Catalogue.Load());

    [Fact]
    public void The_game_comes_with_a_catalogue_for_everything_a_player_can_do()
    {
        var catalogue = Catalogue.LoadDefault();
        Assert.Equal(["gem", "gold", "guild_token"], catalogue.Currencies.Keys.Order());
        Assert.Equal(
            Enum.GetValues<EquipmentPlace>().Skip(1),
            catalogue.Items.Values.Where(i => i.Wear is not null).Select(i => i.Wear!.Place).Distinct().Order());
        Assert.All(Enum.GetValues<ItemKind>(), kind => Assert.Contains(catalogue.Items.Values, i => i.Kind == kind));
        Assert.Contains(catalogue.Items.Values, i => i.Use is { BagSlots: > 0 });
        Assert.Contains(catalogue.Items.Values, i => i.Wear is not null && i.Level > 1);
        var player = catalogue.Player;
        Assert.Equal((200U, 50U, 60U), (player.BagCapacityLimit, player.PetLimit, player.Curve.LastLevel));
    }

    [Fact]
    public void Every_pet_of_the_games_catalogue_has_an_egg_and_food()
    {
        var catalogue = Catalogue.LoadDefault();
        Assert.All(catalogue.Pets.Keys, kind =>
        {
            Assert.Contains(catalogue.Shop.Keys, item => catalogue.Items[item].Use?.Gains.Pets.Contains(kind) == true);
            Assert.Contains(catalogue.Shop.Keys, item => catalogue.Items[item].Food?.Suits(kind) == true);
        });
    }

    [Fact]
    public void The_games_starter_kit_has_something_for_every_feature()
    {
        var player = TestPlayer.Created(Catalogue.LoadDefault());
        Assert.Equal((10_000, 100), (player.Gold, player.Gem));
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, SlotOf("sword.wooden")));
        player.Do((s, c, a) => BagRules.Use(s, c, a, SlotOf("potion.experience.small"), 3));
        player.Do((s, c, a) => BagRules.Use(s, c, a, SlotOf("pouch.coins.small"), 1));
        player.Do((s, c, a) => BagRules.Use(s, c, a, SlotOf("bag.expansion.small"), 1));
        player.Do((s, c, a) => BagRules.Use(s, c, a, SlotOf("egg.wolf"), 1));
        player.Do((s, c, a) => PetRules.Feed(s, c, a, 1, SlotOf("food.berry"), 10));
        player.Do((s, c, a) => PetRules.SetActive(s, c, a, 1));
        player.Do((s, c, a) => BagRules.Sell(s, c, a, SlotOf("wood.oak"), 10));

        uint SlotOf(string item) => player.State.Slots.Single(slot => slot.Item == item).Slot;
    }
}
