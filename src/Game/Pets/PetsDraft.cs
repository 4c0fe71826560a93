namespace GameBackend.Game;

/// <summary>Pets in a draft. A pet is replaced, never changed in place.</summary>
internal sealed class PetsDraft(PlayerState state, Catalogue catalogue)
{
    private readonly List<Pet> _pets = [.. state.Pets];
    private ulong _nextId = Math.Max(state.NextPetId, 1);

    /// <summary>0 if none is.</summary>
    public ulong Active { get; set; } = state.ActivePet;

    public Pet? Find(ulong id) => _pets.Find(pet => pet.Id == id);

    /// <summary>Adds pets of a kind, at level 1.</summary>
    /// <returns>PET_LIMIT, or INVALID_ARGUMENT for an unknown kind.</returns>
    public GameError Gain(string kind, uint count = 1)
    {
        if (!catalogue.Pets.ContainsKey(kind)) return GameError.InvalidArgument;
        if ((ulong)_pets.Count + count > catalogue.Player.PetLimit) return GameError.PetLimit;
        for (; count > 0; count--) _pets.Add(new Pet { Id = _nextId++, Kind = kind, Level = 1 });
        return GameError.Ok;
    }

    /// <summary>Adds a pet that was another player's, under a new id.</summary>
    /// <returns>PET_LIMIT, or INVALID_ARGUMENT for an unknown kind.</returns>
    public GameError Add(Pet pet)
    {
        if (!catalogue.Pets.ContainsKey(pet.Kind)) return GameError.InvalidArgument;
        if (_pets.Count >= catalogue.Player.PetLimit) return GameError.PetLimit;
        var own = pet.Clone();
        own.Id = _nextId++;
        _pets.Add(own);
        return GameError.Ok;
    }

    public void Replace(Pet pet) => _pets[_pets.FindIndex(old => old.Id == pet.Id)] = pet;

    public void Remove(ulong id)
    {
        _pets.RemoveAll(pet => pet.Id == id);
        if (Active == id) Active = 0;
    }

    /// <summary>Adds the kinds of pets that have come, less those that have gone.</summary>
    public void AddGained(Holdings gained)
    {
        foreach (var pet in state.Pets) gained.Add("", "", pet.Kind, -1);
        foreach (var pet in _pets) gained.Add("", "", pet.Kind, 1);
    }

    public void Commit(PlayerChanged change)
    {
        foreach (var pet in _pets)
        {
            if (!pet.Equals(Saved(pet.Id))) change.Pets.Add(pet.Clone());
        }

        foreach (var pet in state.Pets)
        {
            if (Find(pet.Id) is null) change.PetsGone.Add(pet.Id);
        }

        if (Active != state.ActivePet) change.ActivePet = state.ActivePet = Active;
        state.NextPetId = _nextId;
        if (change.Pets.Count == 0 && change.PetsGone.Count == 0) return;
        state.Pets.Clear();
        state.Pets.AddRange(_pets);
    }

    private Pet? Saved(ulong id) => state.Pets.FirstOrDefault(pet => pet.Id == id);
}
