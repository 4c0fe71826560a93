using System.Collections.Concurrent;
using GameBackend.Client;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Bots.Scenarios;

/// <summary>A bot that plays: it does one thing after the other and checks what comes of each.</summary>
internal sealed class PlayingBot
{
    private readonly IReadOnlyList<Bot> _all;
    private readonly ConcurrentQueue<PlayerChanged> _changes = [];
    private PlayerMirror? _mirror;
    private int _serial;

    public PlayingBot(Bot bot, IReadOnlyList<Bot> all)
    {
        Bot = bot;
        _all = all;
        // The mirror is there before the first push, so that it misses none.
        bot.OnClient = client => _mirror = new PlayerMirror(client);
        bot.OnPush = push =>
        {
            if (push.Message is PlayerChanged change)
                _changes.Enqueue(change);
        };
    }

    public Bot Bot { get; }

    /// <summary>The state at the end.</summary>
    public PlayerView? Final { get; set; }

    /// <summary>Every change that was pushed, in order of arrival.</summary>
    public IReadOnlyCollection<PlayerChanged> Changes => _changes;

    private Random Random => Bot.Random;

    private PlayerMirror Mirror => _mirror!;

    /// <summary>Gets the state that later changes are folded into.</summary>
    public Task Begin() => Bot.Do("fetch", _ => Mirror.Fetch());

    /// <summary>Does one thing that suits the state.</summary>
    public async Task Step()
    {
        if (Mirror.View is not { } view)
        {
            await Begin();
            return;
        }
        await (Random.Next(100) switch
        {
            < 20 => Buy(view),
            < 34 => Sell(view),
            < 46 => Move(view),
            < 53 => Split(view),
            < 62 => Use(view),
            < 68 => Equip(view),
            < 72 => Unequip(view),
            < 78 => Feed(view),
            < 81 => SetActive(view),
            < 83 => Release(view),
            < 86 => SetProfile(view),
            < 88 => Rename(view),
            < 91 => SellNothing(view),
            < 96 => Echo(),
            _ => Read(),
        });
    }

    /// <summary>Compares the folded state with a fetch, which it returns.</summary>
    public async Task<PlayerView?> Compare()
    {
        if (await Bot.Get("fetch", client => client.Player.Fetch()) is not { } fetched)
            return null;
        if (Mirror.View is not { } folded)
            return fetched;
        if (Mirror.Holes > 0)
            Bot.Report.Lost($"{Bot.Name}: {Mirror.Holes} versions of the state were missing.", Mirror.Holes);
        var (expected, actual) = (PlayerFold.Normalise(fetched), PlayerFold.Normalise(folded));
        if (!expected.Equals(actual))
            Bot.Report.Fail($"{Bot.Name}: the folded state differs from the fetched one: {actual} is not {expected}");
        return fetched;
    }

    private Task Buy(PlayerView view)
    {
        var item = Random.Next(10) == 0 ? Pick(Shop.Wear) : Random.Next(25) == 0 ? "egg.owl" : Pick(Shop.Goods);
        var count = Shop.Goods.Contains(item) ? (uint)Random.Next(1, 6) : 1;
        return Write(view, "shop.buy", client => client.Player.Buy(item, count), (item, count),
            GameError.InsufficientFunds, GameError.BagFull);
    }

    private Task Sell(PlayerView view)
    {
        if (PickSlot(view, slot => Shop.IsSold(slot.Item)) is not { } slot)
            return Buy(view);
        var count = (uint)Random.Next(1, (int)Math.Min(slot.Count, 5) + 1);
        return Write(view, "item.sell", client => client.Bag.Sell(slot.Slot, count), (slot.Item, -(long)count));
    }

    private Task Move(PlayerView view)
    {
        if (PickSlot(view, _ => true) is not { } slot)
            return Buy(view);
        var to = (uint)Random.Next((int)view.Bag.Capacity);
        return to == slot.Slot
            ? Echo()
            : Write(view, "bag.move", client => client.Bag.Move(slot.Slot, to), null, GameError.StackLimit);
    }

    private Task Split(PlayerView view)
    {
        if (PickSlot(view, slot => slot.Count > 1) is not { } slot || EmptySlot(view) is not { } empty)
            return Buy(view);
        var count = (uint)Random.Next(1, (int)slot.Count);
        return Write(view, "bag.split", client => client.Bag.Split(slot.Slot, empty, count), null);
    }

    private Task Use(PlayerView view)
    {
        if (PickSlot(view, slot => Shop.Usable.Contains(slot.Item)) is not { } slot)
            return Buy(view);
        return Write(view, "item.use", client => client.Bag.Use(slot.Slot, 1), (slot.Item, -1),
            GameError.PetLimit, GameError.ItemNotUsable, GameError.BalanceLimit);
    }

    private Task Equip(PlayerView view) => PickSlot(view, slot => Shop.Wear.Contains(slot.Item)) is { } slot
        ? Write(view, "equipment.equip", client => client.Equipment.Equip(slot.Slot), null)
        : Buy(view);

    private Task Unequip(PlayerView view)
    {
        if (view.Equipment.Count == 0)
            return Equip(view);
        var worn = view.Equipment[Random.Next(view.Equipment.Count)];
        return Write(
            view, "equipment.unequip", client => client.Equipment.Unequip(worn.Place), null, GameError.BagFull);
    }

    private Task Feed(PlayerView view)
    {
        if (view.Pets.Count == 0 || PickSlot(view, slot => slot.Item == Shop.Food) is not { } slot)
            return Use(view);
        var pet = view.Pets[Random.Next(view.Pets.Count)];
        return Write(view, "pet.feed", client => client.Pets.Feed(pet.Id, slot.Slot, 1), (Shop.Food, -1),
            GameError.PetMaxLevel);
    }

    private Task SetActive(PlayerView view)
    {
        var pet = view.Pets.Count == 0 || Random.Next(3) == 0 ? 0 : view.Pets[Random.Next(view.Pets.Count)].Id;
        return Write(view, "pet.activate", client => client.Pets.SetActive(pet), null);
    }

    private Task Release(PlayerView view) => view.Pets.Count > 2
        ? Write(view, "pet.release", client => client.Pets.Release(view.Pets[0].Id), null)
        : Feed(view);

    private Task SetProfile(PlayerView view)
    {
        var motto = $"motto {++_serial}";
        return Write(view, "player.profile", client => client.Player.SetProfile("fox", motto), null);
    }

    private Task Rename(PlayerView view)
    {
        var name = view.Profile.Name == Bot.Name ? Bot.Name + "x" : Bot.Name;
        return Write(view, "player.rename", client => client.Player.Rename(name), null);
    }

    private async Task SellNothing(PlayerView view)
    {
        if (EmptySlot(view) is not { } empty)
            return;
        var error = await Bot.Do("sell nothing", client => client.Bag.Sell(empty, 1), GameError.SlotEmpty);
        if (error == GameError.Ok)
            Bot.Report.Fail($"{Bot.Name}: sold the empty slot {empty}.");
    }

    private async Task Echo()
    {
        var bytes = new byte[Random.Next(200)];
        Random.NextBytes(bytes);
        var sent = ByteString.CopyFrom(bytes);
        if (await Bot.Get("echo", client => client.System.Echo(sent)) is { } back && back != sent)
            Bot.Report.Fail($"{Bot.Name}: an echo of {sent.Length} bytes came back different.");
    }

    private async Task Read()
    {
        var other = _all[Random.Next(_all.Count)];
        var profile = await Bot.Get("profile", client => client.Player.GetProfile(other.PlayerId));
        // The other bot may have changed its name, which goes on behind the one it began with.
        var isRight = profile is null || (profile.PlayerId == other.PlayerId
            && profile.Profile.Name.StartsWith(other.Name, StringComparison.Ordinal));
        if (!isRight)
            Bot.Report.Fail($"{Bot.Name}: asked for {other.Name} and got {profile}.");
        await Bot.Do("time", client => client.System.GetTime());
        await Bot.Do("info", client => client.System.GetServerInfo());
    }

    // A write that is done makes exactly one change, the next version, which is here before the reply; one that is
    // refused
    // makes none. What the player owns changes by what was asked for.
    private async Task Write(
        PlayerView before, string cause, Func<GameClient, Task> call, (string Item, long Count)? gain,
        params GameError[] mayRefuse)
    {
        var changesBefore = _changes.Count;
        var error = await Bot.Do(cause, call, mayRefuse);
        if (error is null)
        {
            await Begin();
            return;
        }
        var changes = _changes.Skip(changesBefore).ToArray();
        if (error != GameError.Ok)
        {
            if (changes.Length > 0)
                Bot.Report.Duplicated($"{Bot.Name}: {cause} was refused with {error}, and changed {changes[0]}.");
            return;
        }
        if (changes.Length == 0)
            Bot.Report.Lost($"{Bot.Name}: {cause} was done, and no change came before the reply.");
        else if (changes.Length > 1)
            Bot.Report.Duplicated($"{Bot.Name}: {cause} was done once, and made {changes.Length} changes.");
        else if (changes[0].Version != before.Version + 1 || changes[0].Cause != cause)
            Bot.Report.Fail($"{Bot.Name}: {cause} at version {before.Version} made the change {changes[0]}.");
        else
            CheckOwned(before, cause, gain);
    }

    private void CheckOwned(PlayerView before, string cause, (string Item, long Count)? gain)
    {
        var expected = Owned(before);
        if (gain is { } known)
            expected[known.Item] = expected.GetValueOrDefault(known.Item) + known.Count;
        var actual = Owned(Mirror.View!);
        foreach (var item in expected.Keys.Union(actual.Keys))
        {
            if (expected.GetValueOrDefault(item) != actual.GetValueOrDefault(item))
                Bot.Report.Fail($"{Bot.Name}: after {cause} there are {actual.GetValueOrDefault(item)} of {item}, "
                    + $"not {expected.GetValueOrDefault(item)}.");
        }
    }

    private static Dictionary<string, long> Owned(PlayerView view) => view.Bag.Slots
        .Select(slot => (slot.Item, Count: (long)slot.Count))
        .Concat(view.Equipment.Select(worn => (worn.Item, Count: 1L)))
        .GroupBy(each => each.Item)
        .ToDictionary(group => group.Key, group => group.Sum(each => each.Count));

    private string Pick(string[] items) => items[Random.Next(items.Length)];

    private BagSlot? PickSlot(PlayerView view, Func<BagSlot, bool> suits)
    {
        BagSlot[] slots = [.. view.Bag.Slots.Where(suits)];
        return slots.Length == 0 ? null : slots[Random.Next(slots.Length)];
    }

    private static uint? EmptySlot(PlayerView view)
    {
        var taken = view.Bag.Slots.Select(slot => slot.Slot).ToHashSet();
        for (var slot = 0u; slot < view.Bag.Capacity; slot++)
        {
            if (!taken.Contains(slot))
                return slot;
        }
        return null;
    }
}
