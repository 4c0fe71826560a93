using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>Gaining, feeding, activating and releasing a pet.</summary>
internal sealed class SmokePets(SmokeBot smoke)
{
    public async Task Run()
    {
        var before = await smoke.View();
        var view = await smoke.Writes("item.use", c => c.Bag.Use(SmokeBot.SlotOf(before, "egg.wolf"), 1));
        smoke.Expect(view.Pets.Count == before.Pets.Count + 1, "no pet came out of the egg");
        var pet = view.Pets[^1];
        before = view;
        view = await smoke.Writes("pet.feed", c => c.Pets.Feed(pet.Id, SmokeBot.SlotOf(before, "food.berry"), 2));
        var fed = view.Pets.First(p => p.Id == pet.Id);
        smoke.Expect(fed.Level > pet.Level || fed.Experience > pet.Experience, "feeding has no effect");
        smoke.Expect(SmokeBot.Count(view, "food.berry") == SmokeBot.Count(before, "food.berry") - 2,
            "not 2 berries fewer");
        await smoke.Refuses(GameError.FoodInvalid, "feed wood", c => c.Pets.Feed(pet.Id, SmokeBot.SlotOf(view,
            "wood.oak"), 1));
        await smoke.Refuses(GameError.PetNotFound, "feed no pet", c => c.Pets.Feed(9_999, 0, 1));
        var lonely = view.Stats;
        view = await smoke.Writes("pet.activate", c => c.Pets.SetActive(pet.Id));
        smoke.Expect(view.ActivePet == pet.Id && !view.Stats.Equals(lonely), "an active pet adds nothing");
        await smoke.Refuses(GameError.PetNotFound, "activate no pet", c => c.Pets.SetActive(9_999));
        view = await smoke.Writes("pet.activate", c => c.Pets.SetActive(0));
        smoke.Expect(view.ActivePet == 0 && view.Stats.Equals(lonely), "a pet was not put away");
        view = await smoke.Writes("pet.release", c => c.Pets.Release(pet.Id));
        smoke.Expect(view.Pets.All(p => p.Id != pet.Id), "a released pet is still there");
        await smoke.Refuses(GameError.PetNotFound, "release no pet", c => c.Pets.Release(pet.Id));
    }
}
