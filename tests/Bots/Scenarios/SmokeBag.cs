using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>Moving, splitting, using and selling what the bag holds.</summary>
internal sealed class SmokeBag(SmokeBot smoke)
{
    public async Task Run()
    {
        await MoveAndSplit();
        await Use();
        await Sell();
    }

    private async Task MoveAndSplit()
    {
        var view = await smoke.View();
        var (wood, empty) = (SmokeBot.SlotOf(view, "wood.oak"), SmokeBot.EmptySlot(view));
        var count = SmokeBot.Count(view, "wood.oak");
        view = await smoke.Writes("bag.split", c => c.Bag.Split(wood, empty, 3));
        smoke.Expect(At(view, empty) is { Item: "wood.oak", Count: 3 }, $"the split stack is {At(view, empty)}");
        await smoke.Refuses(GameError.SlotInvalid, "split onto a stack", c => c.Bag.Split(wood, empty, 1));
        await smoke.Refuses(GameError.NotEnoughItems, "split all",
            c => c.Bag.Split(empty, SmokeBot.EmptySlot(view), 3));
        var other = SmokeBot.SlotOf(view, "food.berry");
        var swapped = await smoke.Writes("bag.move", c => c.Bag.Move(empty, other));
        smoke.Expect(At(swapped, other)?.Item == "wood.oak" && At(swapped, empty)?.Item == "food.berry",
            "two stacks did not swap");
        view = await smoke.Writes("bag.move", c => c.Bag.Move(other, wood));
        smoke.Expect(At(view, other) is null && At(view, wood)?.Count == count, "two stacks did not join");
        view = await smoke.Writes("bag.move", c => c.Bag.Move(wood, other));
        smoke.Expect(At(view, other)?.Count == count && At(view, wood) is null, "a stack did not move");
        await smoke.Refuses(GameError.SlotEmpty, "move nothing", c => c.Bag.Move(wood, other));
        await smoke.Refuses(GameError.SlotInvalid, "move out of the bag", c => c.Bag.Move(other, 9_999));
    }

    private async Task Use()
    {
        var before = await smoke.View();
        var potions = SmokeBot.SlotOf(before, "potion.experience.small");
        var after = await smoke.Writes("item.use", c => c.Bag.Use(potions, 3));
        smoke.Expect(after.Level > 1 || after.Experience > before.Experience, "potions gave no experience");
        smoke.Expect(SmokeBot.Count(after, "potion.experience.small") == SmokeBot.Count(before,
            "potion.experience.small") - 3,
            "not 3 potions fewer");
        before = after;
        after = await smoke.Writes("item.use", c => c.Bag.Use(SmokeBot.SlotOf(before, "pouch.coins.small"), 2));
        smoke.Expect(SmokeBot.Balance(after, "gold") > SmokeBot.Balance(before, "gold"), "a pouch gave no gold");
        before = after;
        after = await smoke.Writes("item.use", c => c.Bag.Use(SmokeBot.SlotOf(before, "bag.expansion.small"), 1));
        smoke.Expect(after.Bag.Capacity > before.Bag.Capacity, "the bag did not grow");
        await smoke.Refuses(GameError.ItemNotUsable, "use wood", c => c.Bag.Use(SmokeBot.SlotOf(after, "wood.oak"), 1));
        await smoke.Refuses(GameError.NotEnoughItems, "use too many",
            c => c.Bag.Use(SmokeBot.SlotOf(after, "potion.experience.small"), 9_999));
        await smoke.Refuses(GameError.SlotEmpty, "use nothing", c => c.Bag.Use(SmokeBot.EmptySlot(after), 1));
    }

    private async Task Sell()
    {
        var before = await smoke.View();
        var wood = SmokeBot.SlotOf(before, "wood.oak");
        var after = await smoke.Writes("item.sell", c => c.Bag.Sell(wood, 5));
        smoke.Expect(SmokeBot.Count(after, "wood.oak") == SmokeBot.Count(before, "wood.oak") - 5,
            "not 5 pieces of wood fewer");
        smoke.Expect(SmokeBot.Balance(after, "gold") > SmokeBot.Balance(before, "gold"), "wood sold for nothing");
        await smoke.Refuses(GameError.NotEnoughItems, "sell too many", c => c.Bag.Sell(wood, 9_999));
        await smoke.Refuses(GameError.ItemNotSellable, "sell a pouch",
            c => c.Bag.Sell(SmokeBot.SlotOf(after, "pouch.coins.small"), 1));
        await smoke.Refuses(GameError.SlotEmpty, "sell nothing", c => c.Bag.Sell(SmokeBot.EmptySlot(after), 1));
        await smoke.Refuses(GameError.InvalidArgument, "sell none", c => c.Bag.Sell(wood, 0));
    }

    private static BagSlot? At(PlayerView view, uint slot) => view.Bag.Slots.FirstOrDefault(s => s.Slot == slot);
}
