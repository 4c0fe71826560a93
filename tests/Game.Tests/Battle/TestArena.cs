using System.Text.Json.Nodes;

namespace GameBackend.Game.Tests;

/// <summary>An arena with round numbers, and battles in it.</summary>
internal static class TestArena
{
    public const string Json = """
        {
          "arena": {
            "tuning": {
              "fighterRadiusMm": 500, "viewRadiusMm": 10000,
              "speedMmPerSecond": 4000, "speedMmPerPoint": 100, "speedLimitMmPerSecond": 8000,
              "holdMs": 500, "graceMs": 2000, "abandonMs": 5000, "protectMs": 1000,
              "surrenderAfterMs": 1000, "surrenderVoteMs": 2000,
              "killScore": 10, "orbScore": 3,
              "healPercent": 30, "hasteMs": 2000, "hastePercent": 50, "slowPercent": 50
            },
            "skills": [
              { "id": "bolt", "kind": "projectile", "cooldownMs": 500, "power": 100, "rangeMm": 8000,
                "radiusMm": 100, "speedMmPerSecond": 20000 },
              { "id": "fireball", "kind": "projectile", "cooldownMs": 2000, "power": 200, "rangeMm": 8000,
                "radiusMm": 200, "speedMmPerSecond": 10000, "splashMm": 2000, "slowMs": 1000 },
              { "id": "charge", "kind": "dash", "cooldownMs": 3000, "power": 150, "rangeMm": 4000, "radiusMm": 1000,
                "speedMmPerSecond": 20000 },
              { "id": "meteor", "kind": "area", "cooldownMs": 4000, "power": 300, "rangeMm": 6000, "radiusMm": 1500,
                "delayMs": 500 },
              { "id": "thorns", "kind": "area", "cooldownMs": 4000, "power": 50, "rangeMm": 6000, "radiusMm": 1500,
                "durationMs": 1000, "intervalMs": 250 },
              { "id": "mend", "kind": "mend", "cooldownMs": 1000, "power": 200, "rangeMm": 5000, "shieldPower": 100,
                "durationMs": 1000 }
            ],
            "roles": [
              { "id": "mage", "attack": "bolt", "skills": ["fireball", "charge", "meteor", "mend"] },
              { "id": "druid", "attack": "bolt", "skills": ["fireball", "charge", "thorns", "mend"] }
            ],
            "maps": [
              {
                "id": "field", "widthMm": 40000, "heightMm": 40000,
                "obstacles": [
                  { "x": 20000, "y": 10000, "width": 1000, "height": 4000 },
                  { "x": 20000, "y": 30000, "radius": 2000 },
                  { "x": 30000, "y": 10000, "width": 1000, "height": 2000 },
                  { "x": 30000, "y": 13000, "width": 1000, "height": 2000 }
                ],
                "spawns": [
                  [{ "x": 5000, "y": 20000 }, { "x": 5000, "y": 22000 }, { "x": 5000, "y": 18000 }],
                  [{ "x": 35000, "y": 20000 }, { "x": 35000, "y": 22000 }, { "x": 35000, "y": 18000 }],
                  [{ "x": 20000, "y": 5000 }]
                ],
                "pickups": [
                  { "kind": "heal", "x": 5000, "y": 5000, "respawnMs": 5000 },
                  { "kind": "haste", "x": 5000, "y": 35000, "respawnMs": 5000 },
                  { "kind": "orb", "x": 35000, "y": 35000, "respawnMs": 5000 }
                ]
              }
            ]
          },
          "match": {
            "shards": [{ "id": "here", "regions": ["here"] }],
            "modes": [
              { "id": "duel", "sides": 2, "size": 1, "rated": true, "map": "field", "timeLimitMs": 60000,
                "readyMs": 10000, "overdueSeconds": 60,
                "window": [{ "afterSeconds": 0, "ratingSpread": 100, "latencyMs": 50 },
                           { "afterSeconds": 50, "ratingSpread": 600, "latencyMs": 300 }] },
              { "id": "teams", "sides": 2, "size": 3, "rated": true, "map": "field", "timeLimitMs": 60000,
                "respawnMs": 2000, "scoreLimit": 50, "readyMs": 10000, "overdueSeconds": 60,
                "window": [{ "afterSeconds": 0, "ratingSpread": 100, "latencyMs": 50 },
                           { "afterSeconds": 50, "ratingSpread": 600, "latencyMs": 300 }] },
              { "id": "free", "sides": 3, "size": 1, "map": "field", "timeLimitMs": 60000,
                "readyMs": 10000, "overdueSeconds": 60,
                "window": [{ "afterSeconds": 0, "ratingSpread": 100, "latencyMs": 50 }] }
            ]
          }
        }
        """;

    public static Catalogue Catalogue { get; } = Catalogue.Load(SmallCatalogue.Json, Json);

    /// <summary>A player for every seat, with 100 health, 20 attack, no defence and no speed above the base.</summary>
    public static BattleSetup Setup(string mode = "duel", ulong seed = 1, string role = "mage")
    {
        var definition = Catalogue.Modes[mode];
        var setup = new BattleSetup { BattleId = 77, Seed = seed, Mode = mode, TicksPerSecond = 20 };
        for (var i = 0; i < definition.Players; i++)
        {
            setup.Seats.Add(new BattleSeat
            {
                PlayerId = (ulong)i + 1,
                Name = $"player{i}",
                Side = (uint)(i / definition.Size),
                Role = role,
                Stats = new Stats { Health = 100, Attack = 20 },
            });
        }

        setup.RulesHash = BattleRoom.RulesHash(Catalogue, setup);
        return setup;
    }

    public static BattleRoom Room(string mode = "duel", ulong seed = 1, string role = "mage") =>
        new(Catalogue, Setup(mode, seed, role));

    /// <summary>As the game's own catalogue has it, bots in the seats from a number on.</summary>
    public static BattleSetup GameSetup(string mode, ulong seed, int players)
    {
        var catalogue = Catalogue.LoadDefault();
        var definition = catalogue.Modes[mode];
        var setup = new BattleSetup { BattleId = seed, Seed = seed, Mode = mode, TicksPerSecond = 20 };
        for (var i = 0; i < definition.Players; i++)
        {
            setup.Seats.Add(new BattleSeat
            {
                PlayerId = i < players ? (ulong)i + 1 : 0,
                Name = $"player{i}",
                Side = (uint)(i / definition.Size),
                Role = catalogue.Arena!.Roles[i % catalogue.Arena.Roles.Length].Id,
                Stats = new Stats { Health = 150 + (i * 5), Attack = 25, Defence = 10, Speed = 20 },
            });
        }

        setup.RulesHash = BattleRoom.RulesHash(catalogue, setup);
        return setup;
    }

    public static Fighter Put(this BattleRoom room, int fighter, int x, int y)
    {
        var f = room.World.Fighters[fighter];
        (f.X, f.Y) = (x, y);
        return f;
    }

    public static Fighter Fighter(this BattleRoom room, int fighter) => room.World.Fighters[fighter];

    public static void Run(this BattleRoom room, int ticks)
    {
        for (var i = 0; i < ticks; i++) room.Advance();
    }

    /// <summary>Does one input for the next tick, and makes that tick.</summary>
    public static void Do(
        this BattleRoom room,
        int fighter,
        BattleAction action = BattleAction.None,
        (int X, int Y) aim = default,
        (int X, int Y) move = default,
        int target = 0)
    {
        Assert.Equal(InputRefusal.None, room.Submit(fighter, new BattleInput
        {
            Number = (uint)room.Tick + 1,
            Tick = (uint)room.Tick + 1,
            Action = action,
            AimX = aim.X,
            AimY = aim.Y,
            MoveX = move.X,
            MoveY = move.Y,
            Target = (uint)target,
        }));
        room.Advance();
    }

    /// <summary>The problems of this arena after a change to it.</summary>
    public static IReadOnlyList<string> ProblemsAfter(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Json)!.AsObject();
        change(json);
        try
        {
            Catalogue.Load(SmallCatalogue.Json, json.ToJsonString());
            return [];
        }
        catch (CatalogueException e)
        {
            return e.Problems;
        }
    }
}
