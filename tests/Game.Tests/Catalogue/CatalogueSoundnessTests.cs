using System.Text.Json.Nodes;

namespace GameBackend.Game.Tests;

public sealed class CatalogueSoundnessTests
{
    /// <summary>A change to a sound catalogue, and the problem that it makes.</summary>
    public static TheoryData<Action<JsonObject>, string> Unsound { get; } = new()
    {
        // Ids
        { j => j.AddEntry("items", """{ "id": "herb", "kind": "material" }"""), "item 'herb': the id is there twice" },
        { j => j.AddEntry("pets", """{ "id": "owl", "curve": "pet" }"""), "pet 'owl': the id is there twice" },
        {
            j => j.AddEntry("currencies", """{ "id": "gem", "limit": 1, "worth": 1 }"""),
            "currency 'gem': the id is there twice"
        },
        { j => j.AddEntry("curves", """{ "id": "pet", "experience": [1] }"""), "curve 'pet': the id is there twice" },
        {
            j => j.AddEntry("shop", """{ "item": "herb", "price": { "currency": "gold", "amount": 9 } }"""),
            "shop offer 'herb': the id is there twice"
        },
        { j => j.AddEntry("items", """{ "kind": "material" }"""), "item '': an id is" },
        { j => j.AddEntry("items", """{ "id": "Big Sword", "kind": "material" }"""), "item 'Big Sword': an id is" },

        // References
        { j => j.Entry("items", "herb")["sell"]!["currency"] = "silver", "item 'herb': there is no currency 'silver'" },
        {
            j => j.Entry("shop", "herb")["price"]!["currency"] = "silver",
            "shop offer 'herb': there is no currency 'silver'"
        },
        {
            j => j.Entry("items", "pouch")["use"]!["currencies"]![0]!["currency"] = null,
            "item 'pouch': there is no currency ''"
        },
        { j => j.Entry("items", "chest")["use"]!["items"]![0]!["item"] = "x", "item 'chest': there is no item 'x'" },
        { j => j.Entry("items", "egg")["use"]!["pets"]![0] = "x", "item 'egg': there is no pet 'x'" },
        { j => j.Entry("items", "bone")["food"]!["kinds"]![0] = "x", "item 'bone': there is no pet 'x'" },
        { j => j.Entry("shop", "herb")["item"] = "x", "shop offer 'x': there is no item 'x'" },
        { j => j.Entry("pets", "owl")["curve"] = "x", "pet 'owl': there is no curve 'x'" },
        { j => j["player"]!["curve"] = "x", "player: there is no curve 'x'" },
        { j => j["starterKit"]!["items"]![0]!["item"] = "x", "starterKit: there is no item 'x'" },
        { j => j["starterKit"]!["pets"]![0] = "x", "starterKit: there is no pet 'x'" },
        { j => j["starterKit"]!["currencies"]![0]!["currency"] = "x", "starterKit: there is no currency 'x'" },

        // Numbers
        { j => j.Entry("items", "herb")["sell"]!["amount"] = -1, "item 'herb': sell is -1" },
        { j => j.Entry("shop", "herb")["price"]!["amount"] = 0, "shop offer 'herb': price is 0" },
        { j => j.Entry("shop", "herb")["price"] = null, "shop offer 'herb': price is missing" },
        { j => j.Entry("items", "pouch")["use"]!["currencies"]![0]!["amount"] = -5, "item 'pouch': currencies is -5" },
        { j => j.Entry("items", "potion")["use"]!["experience"] = -5, "item 'potion': experience is -5" },
        { j => j.Entry("items", "bone")["food"]!["experience"] = -5, "item 'bone': food.experience is -5" },
        { j => j.Entry("items", "pack")["use"]!["bagSlots"] = -5, "item 'pack': bagSlots is -5" },
        { j => j.Entry("items", "chest")["use"]!["items"]![0]!["count"] = 0, "item 'chest': the count of 'herb' is 0" },
        { j => j.Entry("items", "herb")["stackLimit"] = 0, "item 'herb': stackLimit is 0" },
        { j => j.Entry("items", "herb")["stackLimit"] = 10_000, "item 'herb': stackLimit is 10000" },
        { j => j.Entry("items", "axe")["level"] = 0, "item 'axe': level is 0" },
        { j => j.Entry("items", "axe")["level"] = 5, "item 'axe': level is 5, not within 1 to 4" },
        { j => j.Entry("items", "axe")["stats"]!["attack"] = -1, "item 'axe': stats.attack is -1" },
        { j => j.Entry("pets", "wolf")["perLevel"]!["attack"] = 1_000_001, "pet 'wolf': perLevel.attack is 1000001" },
        { j => j["player"]!["base"]!["health"] = -1, "player: base.health is -1" },
        { j => j.Entry("currencies", "gold")["limit"] = 0, "currency 'gold': limit is 0" },
        { j => j.Entry("currencies", "gold")["limit"] = 9_000_000_000_001, "currency 'gold': limit is 9000000000001" },
        { j => j.Entry("currencies", "gold")["worth"] = 0, "currency 'gold': worth is 0" },
        { j => j["player"]!["bagCapacity"] = 0, "player: bagCapacity is 0" },
        { j => j["player"]!["bagCapacity"] = 15, "player: bagCapacity is 15, not within 1 to 13" },
        { j => j["player"]!["bagCapacityLimit"] = 201, "player: bagCapacityLimit is 201" },
        { j => j["player"]!["petLimit"] = 51, "player: petLimit is 51" },

        // Curves
        {
            j => j.Entry("curves", "player")["experience"]![2] = 199,
            "curve 'player': level 3 asks for less (199) than level 2 (200)"
        },
        {
            j => j.Entry("curves", "player")["experience"]![0] = -100,
            "curve 'player': the experience of level 1 is -100"
        },
        { j => j.Entry("curves", "pet")["experience"] = new JsonArray(), "curve 'pet': has 0 levels" },

        // Kinds
        { j => j.Entry("items", "herb")["kind"] = "weapon", "item 'herb': 'weapon' is no kind" },
        { j => j.Entry("items", "herb")["kind"] = "1", "item 'herb': '1' is no kind" },
        { j => j.Entry("items", "herb")["binding"] = "sometimes", "item 'herb': 'sometimes' is no binding" },
        { j => j.Entry("items", "ring")["place"] = "nose", "item 'ring': 'nose' is no place" },
        { j => j.Entry("items", "ring")["place"] = "weapon,head", "item 'ring': 'weapon,head' is no place" },
        { j => j.Entry("items", "ring")["place"] = "unspecified", "item 'ring': nothing is worn at 'unspecified'" },
        { j => j.Entry("items", "herb")["place"] = "head", "item 'herb': place is for Equipment alone" },
        { j => j.Entry("items", "herb")["stats"] = new JsonObject(), "item 'herb': stats is for Equipment alone" },
        { j => j.Entry("items", "herb")["use"] = new JsonObject(), "item 'herb': use is for Consumable alone" },
        { j => j.Entry("items", "herb")["food"] = new JsonObject(), "item 'herb': food is for Food alone" },
        { j => j.Entry("items", "ring").Remove("place"), "item 'ring': Equipment without place" },
        { j => j.Entry("items", "potion").Remove("use"), "item 'potion': Consumable without use" },
        { j => j.Entry("items", "berry").Remove("food"), "item 'berry': Food without food" },
        { j => j.Entry("items", "potion")["use"]!["experience"] = 0, "item 'potion': use does nothing" },
        { j => j.Entry("items", "ring")["stackLimit"] = 2, "item 'ring': equipment does not stack" },

        // Starter kit
        { j => j["starterKit"]!["items"]![1]!["count"] = 61, "starterKit: takes 10 slots of a bag of 8" },
        {
            j => j["starterKit"]!["currencies"]!.AsArray()
                .Add(JsonNode.Parse("""{ "currency": "gold", "amount": 4001 }""")),
            "starterKit: more gold than its limit"
        },
        {
            j => j["starterKit"]!["pets"] = new JsonArray("owl", "owl", "owl", "owl", "owl"),
            "starterKit: has 5 pets, more than 4"
        },
        { j => j["starterKit"]!["items"]![1]!["count"] = -1, "starterKit: the count of 'potion' is -1" },
        { j => j["starterKit"]!["currencies"]![0]!["amount"] = -1, "starterKit: currencies is -1" },
        { j => j["starterKit"]!["bagSlots"] = 1, "starterKit: bagSlots is the player's bagCapacity" },
        { j => j.Remove("starterKit"), "starterKit: is missing" },
        { j => j.Remove("player"), "player: is missing" },

        // Money
        {
            j => j.Entry("items", "herb")["sell"]!["amount"] = 4,
            "shop offer 'herb': yields a worth of 4 for a price worth 3"
        },
        {
            j => j.Entry("items", "herb")["sell"]!["currency"] = "gem",
            "shop offer 'herb': yields a worth of 100 for a price worth 3"
        },
        {
            j => j.Entry("items", "pouch")["use"]!["currencies"]![1]!["amount"] = 2,
            "shop offer 'pouch': yields a worth of 200 for a price worth 150"
        },
        {
            j => j.Entry("shop", "chest")["price"]!["amount"] = 27,
            "shop offer 'chest': yields a worth of 28 for a price worth 27"
        },
        { j => j.Entry("items", "chest")["use"]!["items"]![0]!["item"] = "chest", "item 'chest': comes out of itself" },

        // The document
        { j => j.Entry("items", "herb")["stacklimit"] = 5, "stacklimit" },
        { j => j["item"] = new JsonArray(), "'item'" },
        { j => j.Entry("items", "herb")["stackLimit"] = "5", "stackLimit" },
        { j => j["items"]!.AsArray().Add(null), "items holds null" },
        { j => j["pets"] = null, "pets holds null" },
        { j => j["starterKit"]!["items"]!.AsArray().Add(null), "starterKit: there is no item ''" },
        { j => j["starterKit"]!["currencies"]!.AsArray().Add(null), "starterKit: currencies is missing" },
    };

    [Theory]
    [MemberData(nameof(Unsound), DisableDiscoveryEnumeration = true)]
    public void An_unsound_catalogue_is_refused(Action<JsonObject> change, string problem)
    {
        var problems = SmallCatalogue.ProblemsAfter(change);
        Assert.True(
            problems.Any(p => p.Contains(problem, StringComparison.Ordinal)),
            $"expected '{problem}' among: {string.Join("; ", problems)}");
        Assert.Equal(problems.Distinct(), problems);
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
    public void An_item_that_is_not_for_sale_may_be_worth_anything() => Assert.Empty(SmallCatalogue.ProblemsAfter(
        json =>
            json.Entry("items", "relic")["sell"] = JsonNode.Parse("""{ "currency": "gold", "amount": 5000 }""")));
}
