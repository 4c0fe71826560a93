using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>Creation, profile, shop and ledger.</summary>
internal sealed class SmokePlayer(SmokeBot smoke)
{
    private string Name => smoke.Bot.Name;

    public async Task Run()
    {
        await Create();
        await Profiles();
        await Shopping();
        await Ledger();
    }

    private async Task Create()
    {
        smoke.Expect(!smoke.Bot.Client.PlayerExists, "the player exists before it was created");
        await smoke.Refuses(GameError.PlayerMissing, "fetch without player", c => c.Player.Fetch());
        await smoke.Refuses(GameError.NameInvalid, "create with a short name", c => c.Player.Create("ab"));
        await smoke.Refuses(GameError.NameInvalid, "create with a bad name", c => c.Player.Create("white space"));
        var view = await smoke.Writes("player.create", c => c.Player.Create(Name));
        smoke.Expect(view.Profile.Name == Name && view.PlayerId == smoke.Bot.PlayerId, $"the new player is {view}");
        smoke.Expect(view.Level == 1 && view.Bag.Slots.Count > 0 && view.Wallet.Count > 0,
            "the starter kit is missing");
        smoke.Expect(smoke.Bot.Client.PlayerExists, "the client does not know that the player exists");
        await smoke.Refuses(GameError.PlayerExists, "create twice", c => c.Player.Create(Name + "y"));
    }

    private async Task Profiles()
    {
        var view = await smoke.Writes("player.rename", c => c.Player.Rename(Name + "x"));
        smoke.Expect(view.Profile.Name == Name + "x", $"after the renaming the name is {view.Profile.Name}");
        await smoke.Refuses(GameError.NameInvalid, "rename to a bad name", c => c.Player.Rename("?"));
        await smoke.Writes("player.rename", c => c.Player.Rename(Name));
        view = await smoke.Writes("player.profile", c => c.Player.SetProfile("fox", "motto é"));
        smoke.Expect(view.Profile is { Avatar: "fox", Motto: "motto é" }, $"the profile is {view.Profile}");
        await smoke.Refuses(GameError.TextTooLong, "set a long motto",
            c => c.Player.SetProfile("fox", new string('m', 141)));
        PublicProfile? seen = null;
        await smoke.Does("profile", async c => seen = await c.Player.GetProfile(smoke.Bot.PlayerId));
        smoke.Expect(seen!.Profile.Equals(view.Profile) && seen.Level == view.Level
            && seen.Stats.Equals(view.Stats) && seen.Online,
            $"the public profile is {seen}");
        await smoke.Refuses(GameError.PlayerNotFound, "profile of nobody", c => c.Player.GetProfile(1));
    }

    private async Task Shopping()
    {
        var before = await smoke.View();
        var after = await smoke.Writes("shop.buy", c => c.Player.Buy("ore.iron", 7));
        smoke.Expect(SmokeBot.Count(after, "ore.iron") == SmokeBot.Count(before, "ore.iron") + 7, "not 7 ores more");
        smoke.Expect(SmokeBot.Balance(after, "gold") < SmokeBot.Balance(before, "gold"), "the ores cost nothing");
        await smoke.Refuses(GameError.ItemUnknown, "buy what is not", c => c.Player.Buy("no.such.item", 1));
        await smoke.Refuses(GameError.NotForSale, "buy what is not for sale", c => c.Player.Buy("pouch.gems", 1));
        await smoke.Refuses(GameError.InvalidArgument, "buy none", c => c.Player.Buy("ore.iron", 0));
        await smoke.Refuses(GameError.InsufficientFunds, "buy too dear", c => c.Player.Buy("sword.iron", 1_000));
        await smoke.Refuses(GameError.BagFull, "buy too much", c => c.Player.Buy("sword.wooden", 100));
    }

    private async Task Ledger()
    {
        ReadLedgerReply? page = null;
        await smoke.Does("ledger", async c => page = await c.Player.ReadLedger(count: 2));
        smoke.Expect(page!.Entries.Count == 2 && page.Entries[0].Seq == page.Entries[1].Seq + 1,
            $"a page of two is {page}");
        smoke.Expect(page.Entries[0].Reason == "shop.buy", $"the newest entry is {page.Entries[0]}");
        var newest = page.Entries[0].Seq;
        await smoke.Does("ledger", async c => page = await c.Player.ReadLedger(page.NextBeforeSeq, 1));
        smoke.Expect(page.Entries.Count == 1 && page.Entries[0].Seq == newest - 2, $"the next page is {page}");
        await smoke.Refuses(GameError.PageInvalid, "a ledger page of 101", c => c.Player.ReadLedger(count: 101));
    }
}
