namespace GameBackend.Game;

/// <summary>What is worn, in a draft. A worn item is replaced, never changed in place.</summary>
internal sealed class EquipmentDraft(PlayerState state)
{
    private readonly SortedDictionary<EquipmentPlace, EquippedItem> _worn =
        new(state.Equipment.ToDictionary(item => item.Place));

    public EquippedItem? At(EquipmentPlace place) => _worn.GetValueOrDefault(place);

    public void PutOn(EquipmentPlace place, string item, bool bound) =>
        _worn[place] = new EquippedItem { Place = place, Item = item, Bound = bound };

    public void TakeOff(EquipmentPlace place) => _worn.Remove(place);

    /// <summary>Adds what is worn now, less what was.</summary>
    public void AddGained(Holdings gained)
    {
        foreach (var item in state.Equipment) gained.Add("", item.Item, "", -1);
        foreach (var item in _worn.Values) gained.Add("", item.Item, "", 1);
    }

    public void Commit(PlayerChanged change)
    {
        foreach (var item in _worn.Values)
        {
            if (!state.Equipment.Contains(item)) change.Equipment.Add(item.Clone());
        }

        foreach (var item in state.Equipment)
        {
            if (!_worn.ContainsKey(item.Place)) change.Equipment.Add(new EquippedItem { Place = item.Place });
        }

        if (change.Equipment.Count == 0) return;
        state.Equipment.Clear();
        state.Equipment.AddRange(_worn.Values);
    }
}
