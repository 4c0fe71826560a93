using System.Text.Json.Nodes;

namespace GameBackend.Game.Tests;

public sealed class CatalogueTests
{
    public static TheoryData<string, Action<JsonObject>, string> Unsound { get; } = new()
    {
        // Ids
        { "duplicate item", j => j.AddEntry("items", """{ "id": "herb", "kind": "material" }"""), "item 'herb': the id is there twice" },
        { "duplicate pet", j => j.AddEntry("pets", """{ "id": "owl", "curve": "pet" }"""), "pet 'owl': the id is there twice" },
        { "duplicate currency", j => j.AddEntry("currencies", """{ "id": "gem", "limit": 1, "worth": 1 }"""), "currency 'gem': the id is there twice" },
        { "duplicate curve", j => j.AddEntry("curves", """{ "id": "pet", "experience": [1] }"""), "curve 'pet': the id is there twice" },
        { "duplicate offer", j => j.AddEntry("shop", """{ "item": "herb", "price": { "currency": "gold", "amount": 9 } }"""), "shop offer 'herb': the id is there twice" },
        { "no id", j => j.AddEntry("items", """{ "kind": "material" }"""), "item '': an id is" },
        { "malformed id", j => j.AddEntry("items", """{ "id": "Big Sword", "kind": "material" }"""), "item 'Big Sword': an id is" },

        // References
        { "unknown sell currency", j => j.Entry("items", "herb")["sell"]!["currency"] = "silver", "item 'herb': there is no currency 'silver'" },
        { "unknown price currency", j => j.Entry("shop", "herb")["price"]!["currency"] = "silver", "shop offer 'herb': there is no currency 'silver'" },
        { "unknown used currency", j => j.Entry("items", "pouch")["use"]!["currencies"]![0]!["currency"] = null, "item 'pouch': there is no currency ''" },
        { "unknown contained item", j => j.Entry("items", "chest")["use"]!["items"]![0]!["item"] = "x", "item 'chest': there is no item 'x'" },
        { "unknown hatched pet", j => j.Entry("items", "egg")["use"]!["pets"]![0] = "x", "item 'egg': there is no pet 'x'" },
        { "unknown eater", j => j.Entry("items", "bone")["food"]!["kinds"]![0] = "x", "item 'bone': there is no pet 'x'" },
        { "unknown sold item", j => j.Entry("shop", "herb")["item"] = "x", "shop offer 'x': there is no item 'x'" },
        { "unknown pet curve", j => j.Entry("pets", "owl")["curve"] = "x", "pet 'owl': there is no curve 'x'" },
        { "unknown player curve", j => j["player"]!["curve"] = "x", "player: there is no curve 'x'" },
        { "unknown starter item", j => j["starterKit"]!["items"]![0]!["item"] = "x", "starterKit: there is no item 'x'" },
        { "unknown starter pet", j => j["starterKit"]!["pets"]![0] = "x", "starterKit: there is no pet 'x'" },
        { "unknown starter currency", j => j["starterKit"]!["currencies"]![0]!["currency"] = "x", "starterKit: there is no currency 'x'" },

        // Numbers
        { "negative sell", j => j.Entry("items", "herb")["sell"]!["amount"] = -1, "item 'herb': sell is -1" },
        { "free offer", j => j.Entry("shop", "herb")["price"]!["amount"] = 0, "shop offer 'herb': price is 0" },
        { "no price", j => j.Entry("shop", "herb")["price"] = null, "shop offer 'herb': price is missing" },
        { "negative used currency", j => j.Entry("items", "pouch")["use"]!["currencies"]![0]!["amount"] = -5, "item 'pouch': currencies is -5" },
        { "negative experience", j => j.Entry("items", "potion")["use"]!["experience"] = -5, "item 'potion': experience is -5" },
        { "negative food", j => j.Entry("items", "bone")["food"]!["experience"] = -5, "item 'bone': food.experience is -5" },
        { "negative bag slots", j => j.Entry("items", "pack")["use"]!["bagSlots"] = -5, "item 'pack': bagSlots is -5" },
        { "no contained item", j => j.Entry("items", "chest")["use"]!["items"]![0]!["count"] = 0, "item 'chest': the count of 'herb' is 0" },
        { "zero stack", j => j.Entry("items", "herb")["stackLimit"] = 0, "item 'herb': stackLimit is 0" },
        { "huge stack", j => j.Entry("items", "herb")["stackLimit"] = 10_000, "item 'herb': stackLimit is 10000" },
        { "level zero", j => j.Entry("items", "axe")["level"] = 0, "item 'axe': level is 0" },
        { "level out of reach", j => j.Entry("items", "axe")["level"] = 5, "item 'axe': level is 5, not within 1 to 4" },
        { "negative stat", j => j.Entry("items", "axe")["stats"]!["attack"] = -1, "item 'axe': stats.attack is -1" },
        { "huge stat", j => j.Entry("pets", "wolf")["perLevel"]!["attack"] = 1_000_001, "pet 'wolf': perLevel.attack is 1000001" },
        { "negative base", j => j["player"]!["base"]!["health"] = -1, "player: base.health is -1" },
        { "limit zero", j => j.Entry("currencies", "gold")["limit"] = 0, "currency 'gold': limit is 0" },
        { "limit too large", j => j.Entry("currencies", "gold")["limit"] = 9_000_000_000_001, "currency 'gold': limit is 9000000000001" },
        { "worthless", j => j.Entry("currencies", "gold")["worth"] = 0, "currency 'gold': worth is 0" },
        { "bag without slots", j => j["player"]!["bagCapacity"] = 0, "player: bagCapacity is 0" },
        { "bag over its limit", j => j["player"]!["bagCapacity"] = 15, "player: bagCapacity is 15, not within 1 to 14" },
        { "bag limit too large", j => j["player"]!["bagCapacityLimit"] = 201, "player: bagCapacityLimit is 201" },
        { "pet limit too large", j => j["player"]!["petLimit"] = 51, "player: petLimit is 51" },

        // Curves
        { "falling curve", j => j.Entry("curves", "player")["experience"]![2] = 199, "curve 'player': level 3 asks for less (199) than level 2 (200)" },
        { "negative curve", j => j.Entry("curves", "player")["experience"]![0] = -100, "curve 'player': the experience of level 1 is -100" },
        { "empty curve", j => j.Entry("curves", "pet")["experience"] = new JsonArray(), "curve 'pet': has 0 levels" },

        // Kinds
        { "unknown kind", j => j.Entry("items", "herb")["kind"] = "weapon", "item 'herb': 'weapon' is no kind" },
        { "a number for a kind", j => j.Entry("items", "herb")["kind"] = "1", "item 'herb': '1' is no kind" },
        { "unknown binding", j => j.Entry("items", "herb")["binding"] = "sometimes", "item 'herb': 'sometimes' is no binding" },
        { "unknown place", j => j.Entry("items", "ring")["place"] = "nose", "item 'ring': 'nose' is no place" },
        { "two places", j => j.Entry("items", "ring")["place"] = "weapon,head", "item 'ring': 'weapon,head' is no place" },
        { "unspecified place", j => j.Entry("items", "ring")["place"] = "unspecified", "item 'ring': nothing is worn at 'unspecified'" },
        { "place of a material", j => j.Entry("items", "herb")["place"] = "head", "item 'herb': place is for Equipment alone" },
        { "stats of a material", j => j.Entry("items", "herb")["stats"] = new JsonObject(), "item 'herb': stats is for Equipment alone" },
        { "use of a material", j => j.Entry("items", "herb")["use"] = new JsonObject(), "item 'herb': use is for Consumable alone" },
        { "food of a material", j => j.Entry("items", "herb")["food"] = new JsonObject(), "item 'herb': food is for Food alone" },
        { "equipment without a place", j => j.Entry("items", "ring").Remove("place"), "item 'ring': Equipment without place" },
        { "consumable without a use", j => j.Entry("items", "potion").Remove("use"), "item 'potion': Consumable without use" },
        { "food that is none", j => j.Entry("items", "berry").Remove("food"), "item 'berry': Food without food" },
        { "use that does nothing", j => j.Entry("items", "potion")["use"]!["experience"] = 0, "item 'potion': use does nothing" },
        { "stacking equipment", j => j.Entry("items", "ring")["stackLimit"] = 2, "item 'ring': equipment does not stack" },

        // Starter kit
        { "kit over the bag", j => j["starterKit"]!["items"]![1]!["count"] = 61, "starterKit: takes 10 slots of a bag of 8" },
        { "kit over the wallet", j => j["starterKit"]!["currencies"]!.AsArray().Add(JsonNode.Parse("""{ "currency": "gold", "amount": 4001 }""")), "starterKit: more gold than its limit" },
        { "kit over the stable", j => j["starterKit"]!["pets"] = new JsonArray("owl", "owl", "owl", "owl", "owl"), "starterKit: has 5 pets, more than 4" },
        { "negative kit item", j => j["starterKit"]!["items"]![1]!["count"] = -1, "starterKit: the count of 'potion' is -1" },
        { "negative kit money", j => j["starterKit"]!["currencies"]![0]!["amount"] = -1, "starterKit: currencies is -1" },
        { "kit with slots", j => j["starterKit"]!["bagSlots"] = 1, "starterKit: bagSlots is the player's bagCapacity" },
        { "no kit", j => j.Remove("starterKit"), "starterKit: is missing" },
        { "no player", j => j.Remove("player"), "player: is missing" },

        // Money
        { "sells for more than it costs", j => j.Entry("items", "herb")["sell"]!["amount"] = 4, "shop offer 'herb': yields a worth of 4 for a price worth 3" },
        { "sells dear in another currency", j => j.Entry("items", "herb")["sell"]!["currency"] = "gem", "shop offer 'herb': yields a worth of 100 for a price worth 3" },
        { "pays more than it costs", j => j.Entry("items", "pouch")["use"]!["currencies"]![1]!["amount"] = 2, "shop offer 'pouch': yields a worth of 200 for a price worth 150" },
        { "holds more than it costs", j => j.Entry("shop", "chest")["price"]!["amount"] = 27, "shop offer 'chest': yields a worth of 28 for a price worth 27" },
        { "comes out of itself", j => j.Entry("items", "chest")["use"]!["items"]![0]!["item"] = "chest", "item 'chest': comes out of itself" },

        // The document
        { "misspelt property", j => j.Entry("items", "herb")["stacklimit"] = 5, "stacklimit" },
        { "misspelt section", j => j["item"] = new JsonArray(), "'item'" },
        { "text for a number", j => j.Entry("items", "herb")["stackLimit"] = "5", "stackLimit" },
        { "null for an entry", j => j["items"]!.AsArray().Add(null), "items holds null" },
        { "null for a section", j => j["pets"] = null, "pets holds null" },
        { "null for an inner entry", j => j["starterKit"]!["items"]!.AsArray().Add(null), "starterKit: there is no item ''" },
        { "null for money", j => j["starterKit"]!["currencies"]!.AsArray().Add(null), "starterKit: currencies is missing" },
    };

    [Theory]
    [MemberData(nameof(Unsound), DisableDiscoveryEnumeration = true)]
    public void An_unsound_catalogue_is_refused(string what, Action<JsonObject> change, string problem) =>
        Assert.True(
            SmallCatalogue.ProblemsAfter(change) is var problems && problems.Any(p => p.Contains(problem)),
            $"{what}: expected '{problem}' among: {string.Join("; ", problems)}");

    [Theory]
    [MemberData(nameof(Unsound), DisableDiscoveryEnumeration = true)]
    public void A_problem_is_told_once(string what, Action<JsonObject> change, string problem)
    {
        var problems = SmallCatalogue.ProblemsAfter(change);
        Assert.Equal(problems.Distinct(), problems);
        Assert.NotEmpty(what + problem);
    }

    [Fact]
    public void All_problems_are_listed_at_once()
    {
        var problems = SmallCatalogue.ProblemsAfter(json =>
        {
            json.Entry("items", "herb")["stackLimit"] = -1;
            json.Entry("items", "ring").Remove("place");
            json.Entry("pets", "owl")["curve"] = "x";
            json.Entry("shop", "axe")["price"]!["amount"] = 1;
        });
        Assert.Equal(4, problems.Count);
        var e = new CatalogueException(problems);
        Assert.All(problems, problem => Assert.Contains(problem, e.Message));
    }

    [Fact]
    public void Trades_that_keep_their_worth_are_sound() => Assert.Empty(SmallCatalogue.ProblemsAfter(json =>
    {
        json.Entry("items", "herb")["sell"]!["amount"] = 3;
        json.Entry("shop", "chest")["price"]!["amount"] = 4 * 3 + 20;
    }));

    [Fact]
    public void An_item_that_is_not_for_sale_may_be_worth_anything() => Assert.Empty(SmallCatalogue.ProblemsAfter(json =>
        json.Entry("items", "relic")["sell"] = JsonNode.Parse("""{ "currency": "gold", "amount": 5000 }""")));

    [Fact]
    public void A_catalogue_may_be_spread_over_documents()
    {
        var json = JsonNode.Parse(SmallCatalogue.Json)!.AsObject();
        var parts = json.Select(section => new JsonObject { [section.Key] = section.Value!.DeepClone() }.ToJsonString());
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
    public void A_directory_of_files_loads_and_a_problem_names_its_file()
    {
        var directory = Directory.CreateTempSubdirectory("catalogue");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "all.json"), SmallCatalogue.Json);
            Assert.Equal(SmallCatalogue.Instance.Items.Count, Catalogue.LoadFrom(directory.FullName).Items.Count);
            File.WriteAllText(Path.Combine(directory.FullName, "more.json"), "{");
            var e = Assert.Throws<CatalogueException>(() => Catalogue.LoadFrom(directory.FullName));
            Assert.StartsWith("more.json: ", Assert.Single(e.Problems));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

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
        Assert.Equal((200U, 50U, 60U), (catalogue.Player.BagCapacityLimit, catalogue.Player.PetLimit, catalogue.Player.Curve.LastLevel));
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
