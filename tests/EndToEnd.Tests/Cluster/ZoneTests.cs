using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>Two clusters of real processes that reach each other through their harbors.</summary>
public sealed class ZoneTests(ITestOutputHelper output) : EndToEndTest(output)
{
    private const string Players = "gamebackend.zones.PlayerLookup";
    private const string Battles = "gamebackend.zones.ZoneBattles";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan BattleWithin = TimeSpan.FromSeconds(200);

    [Fact]
    public Task C5_C6_Players_are_found_and_battles_fought_in_another_zone_as_far_as_it_exports_that() =>
        Within(400, async () =>
    {
        await using var zones = new TwoZones(Players);
        await zones.Start();
        var (near, far) = (zones.Zones[0], zones.Zones[1]);
        await using var here = await TestPlayer.Join(near.Gateway);
        await using var there = await TestPlayer.Join(far.Gateway);
        await Wait.Until("the look-up is seen", async () => await Exports(near) is [Players], Soon);

        var found = await near.Ask($"zones/2/players/{there.PlayerId}");
        Assert.Equal(200, found.Status);
        var name = (string)found.Body["name"]!;
        Assert.StartsWith("2.2.", (string)found.Body["answeredBy"]!, StringComparison.Ordinal);
        Assert.Equal($"{there.PlayerId}",
            (string)(await near.Ask($"zones/2/players/{name.ToUpperInvariant()}")).Body["playerId"]!);
        await there.Client.Player.Rename("20260101");
        Assert.Equal($"{there.PlayerId}",
            (string)(await near.Ask("zones/2/players/20260101")).Body["playerId"]!);
        // Accounts and data are each zone's own.
        Assert.Equal(404, (await near.Ask($"zones/2/players/{here.PlayerId}")).Status);
        // What the other zone does not export: battles; and zone 1 exports nothing.
        await Unreachable(near, () => near.Ask("zones/2/battles/1"));
        await Unreachable(far, () => far.Ask($"zones/1/players/{here.PlayerId}"));

        // A gateway has no battles; to be sent there would help nobody.
        var elsewhere = await far.Ask("export", new { node = "gateway-1", service = Battles, on = true });
        Assert.Equal(400, elsewhere.Status);
        Assert.Contains(Battles, (string)elsewhere.Body["title"]!, StringComparison.Ordinal);
        Assert.Equal(200, (await far.Ask("export", new { node = "silo-1", service = Battles, on = true })).Status);
        await Wait.Until("battles are seen", async () => await Exports(near) is [Players, Battles], Soon);
        await using var second = await TestPlayer.Join(near.Gateway);
        var sides = new[] { new[] { $"{here.PlayerId}" }, [$"{second.PlayerId}"] };
        Assert.Equal(
            400, (await near.Ask("zones/battles", new { zone = "2", key = "none", mode = "none", sides })).Status);
        foreach (var unfit in new string[]?[][] { [sides[0]], [[.. sides[0], .. sides[1]], []], [sides[0], null] })
        {
            Assert.Equal(400, (await near.Ask(
                "zones/battles", new { zone = "2", key = "unfit", mode = "1v1", sides = unfit })).Status);
        }

        var order = new { zone = "2", key = "derby", mode = "1v1", sides };
        var opened = await near.Ask("zones/battles", order);
        Assert.Equal(200, opened.Status);
        var battle = (string)opened.Body["battleId"]!;
        Assert.Equal(battle, (string)(await near.Ask("zones/battles", order)).Body["battleId"]!);
        Assert.Equal("Running", (string)(await near.Ask($"zones/2/battles/{battle}")).Body["state"]!);
        await Wait.Until("the battle is over", async () =>
        {
            var (status, body) = await near.Ask($"zones/2/battles/{battle}");
            Assert.Equal(200, status);
            return (string)body["state"]! == "Over";
        }, BattleWithin);
        var over = (await near.Ask($"zones/2/battles/{battle}")).Body;
        Say($"{over.ToJsonString()}");
        Assert.Equal(2, over["ranks"]!.AsArray().Count);

        Assert.Equal(200, (await far.Ask("export", new { node = "silo-1", service = Players, on = false })).Status);
        await Wait.Until("the look-up is gone", async () => await Exports(near) is [Battles], Soon);
        await Unreachable(near, () => near.Ask($"zones/2/players/{there.PlayerId}"));
    });

    [Fact]
    public Task C6_C10_A_call_to_what_was_killed_in_another_zone_fails_at_once_and_works_again_when_it_is_back() =>
        Within(200, async () =>
    {
        await using var zones = new TwoZones(Players);
        await zones.Start();
        var (near, far) = (zones.Zones[0], zones.Zones[1]);
        await using var there = await TestPlayer.Join(far.Gateway);
        var path = $"zones/2/players/{there.PlayerId}";
        foreach (var victim in new[] { far.Silo, far.Harbor, near.Harbor })
        {
            await Wait.Until($"the player is found, before {victim.Name} is killed", async () =>
                (await near.Ask(path)).Status == 200, Soon);
            await victim.Kill();
            var began = MachineTime.Now;
            await Unreachable(near, () => near.Ask(path));
            Say($"{victim.Name} is killed; the call has failed after {(MachineTime.Now - began).TotalMilliseconds} ms");
            await Wait.Until("nothing is seen of it", async () => await Exports(near) is [], TimeSpan.FromSeconds(4));
            await Unreachable(near, () => near.Ask(path));
            await victim.Start();
        }

        await Wait.Until("the player is found again", async () => (await near.Ask(path)).Status == 200, Soon);
    });

    private static async Task<string[]> Exports(TwoZones.Zone zone) =>
    [
        .. (await zone.Ask("zones")).Body.AsArray().SelectMany(node => node!["exports"]!.AsArray())
            .Select(service => (string)service!),
    ];

    private static async Task Unreachable(
        TwoZones.Zone zone, Func<Task<(int Status, System.Text.Json.Nodes.JsonNode Body)>> ask)
    {
        var began = MachineTime.Now;
        var (status, body) = await ask();
        Assert.True(status == 502, $"Zone {zone.Number} is answered {status}: {body.ToJsonString()}");
        Assert.Equal("unreachable", (string)body["code"]!);
        Assert.InRange(MachineTime.Now - began, TimeSpan.Zero, AtOnce);
    }
}
