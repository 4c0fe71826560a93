using System.Text.Json.Nodes;

namespace GameBackend.Game.Tests;

/// <summary>A catalogue with small limits, so that tests and random play come to every limit soon.</summary>
internal static class SmallCatalogue
{
    public const string Json = """
        {
          "currencies": [
            { "id": "gold", "limit": 5000, "worth": 1 },
            { "id": "gem", "limit": 100, "worth": 50 }
          ],
          "curves": [
            { "id": "player", "experience": [100, 200, 300] },
            { "id": "pet", "experience": [10, 20] }
          ],
          "pets": [
            {
              "id": "wolf", "curve": "pet",
              "base": { "health": 7, "attack": 3 }, "perLevel": { "attack": 2, "speed": 1 }
            },
            { "id": "owl", "curve": "pet", "base": { "speed": 9 } }
          ],
          "items": [
            { "id": "herb", "kind": "material", "stackLimit": 10, "sell": { "currency": "gold", "amount": 2 } },
            { "id": "relic", "kind": "material", "stackLimit": 5, "binding": "gain" },
            { "id": "potion", "kind": "consumable", "stackLimit": 10, "use": { "experience": 30 },
              "sell": { "currency": "gold", "amount": 5 } },
            { "id": "elixir", "kind": "consumable", "stackLimit": 2, "level": 2, "use": { "experience": 500 } },
            { "id": "pouch", "kind": "consumable", "stackLimit": 10,
              "use": { "currencies": [{ "currency": "gold", "amount": 100 }, { "currency": "gem", "amount": 1 }] } },
            { "id": "egg", "kind": "consumable", "stackLimit": 5, "use": { "pets": ["wolf"] } },
            { "id": "pack", "kind": "consumable", "stackLimit": 5, "use": { "bagSlots": 2 } },
            { "id": "chest", "kind": "consumable", "stackLimit": 3,
              "use": { "experience": 10, "items": [{ "item": "herb", "count": 4 }, { "item": "sword", "count": 1 }] } },
            { "id": "berry", "kind": "food", "stackLimit": 10, "food": { "experience": 4 } },
            { "id": "bone", "kind": "food", "stackLimit": 10, "food": { "experience": 12, "kinds": ["wolf"] } },
            { "id": "sword", "kind": "equipment", "place": "weapon", "stats": { "attack": 5 },
              "sell": { "currency": "gold", "amount": 20 } },
            { "id": "axe", "kind": "equipment", "place": "weapon", "level": 3, "binding": "equip",
              "stats": { "attack": 11, "health": 1 }, "sell": { "currency": "gold", "amount": 70 } },
            { "id": "ring", "kind": "equipment", "place": "ring", "stats": { "defence": 4 } }
          ],
          "shop": [
            { "item": "herb", "price": { "currency": "gold", "amount": 3 } },
            { "item": "potion", "price": { "currency": "gold", "amount": 10 } },
            { "item": "elixir", "price": { "currency": "gem", "amount": 5 } },
            { "item": "pouch", "price": { "currency": "gem", "amount": 3 } },
            { "item": "egg", "price": { "currency": "gold", "amount": 50 } },
            { "item": "pack", "price": { "currency": "gem", "amount": 2 } },
            { "item": "chest", "price": { "currency": "gold", "amount": 60 } },
            { "item": "berry", "price": { "currency": "gold", "amount": 1 } },
            { "item": "bone", "price": { "currency": "gold", "amount": 2 } },
            { "item": "sword", "price": { "currency": "gold", "amount": 40 } },
            { "item": "axe", "price": { "currency": "gold", "amount": 90 } },
            { "item": "ring", "price": { "currency": "gold", "amount": 30 } }
          ],
          "player": {
            "curve": "player",
            "base": { "health": 100, "attack": 10, "defence": 5, "speed": 1 },
            "perLevel": { "health": 10, "attack": 1 },
            "bagCapacity": 8, "bagCapacityLimit": 13, "petLimit": 4
          },
          "guild": {
            "fee": { "currency": "gold", "amount": 100 },
            "requestLimit": 3, "invitationLimit": 3, "banLimit": 3,
            "requestHours": 24, "invitationHours": 24, "successionHours": 240,
            "levels": [{ "cost": 0, "cap": 3 }, { "cost": 50, "cap": 4 }, { "cost": 100, "cap": 6 }],
            "donations": [
              { "currency": "gold", "unit": 10, "funds": 10, "points": 1 },
              { "currency": "gem", "unit": 1, "funds": 50, "points": 5 }
            ],
            "rights": [{ "rank": "officer", "permissions": ["invite", "admit", "kick", "ban", "promote", "texts"] }],
            "shop": [
              { "id": "herbs", "points": 2, "dailyLimit": 3, "items": [{ "item": "herb", "count": 3 }] },
              { "id": "gems", "points": 10, "level": 2, "currencies": [{ "currency": "gem", "amount": 2 }] }
            ]
          },
          "starterKit": {
            "currencies": [{ "currency": "gold", "amount": 1000 }, { "currency": "gem", "amount": 20 }],
            "items": [
              { "item": "sword", "count": 1, "bound": true },
              { "item": "potion", "count": 12 },
              { "item": "berry", "count": 3 },
              { "item": "relic", "count": 1 }
            ],
            "pets": ["owl"]
          }
        }
        """;

    public static Catalogue Instance { get; } = Catalogue.Load(Json);

    /// <summary>The problems of this catalogue after a change to it; none if it is still sound.</summary>
    public static IReadOnlyList<string> ProblemsAfter(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Json)!.AsObject();
        change(json);
        try
        {
            Catalogue.Load(json.ToJsonString());
            return [];
        }
        catch (CatalogueException e)
        {
            return e.Problems;
        }
    }

    /// <summary>This catalogue after a change that leaves it sound.</summary>
    public static Catalogue After(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Json)!.AsObject();
        change(json);
        return Catalogue.Load(json.ToJsonString());
    }

    /// <summary>The entry of a section with an id (or, in the shop, an item).</summary>
    public static JsonObject Entry(this JsonObject json, string section, string id) =>
        json[section]!.AsArray().Select(node => node!.AsObject())
            .Single(entry => (string?)(entry["id"] ?? entry["item"]) == id);

    public static void AddEntry(this JsonObject json, string section, string entry) =>
        json[section]!.AsArray().Add(JsonNode.Parse(entry));
}
