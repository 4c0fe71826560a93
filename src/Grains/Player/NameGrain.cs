namespace GameBackend.Grains.Player;

/// <summary>
/// Holds one name for one owner. Asked once in a long while, it stays in memory for no longer than it is asked.
/// </summary>
[GrainType("name"), Role(Roles.Player)]
public sealed class NameGrain(
    [PersistentState("name", "Default")] IPersistentState<NameState> storage) : Grain, INameGrain
{
    public async Task<bool> Take(long owner)
    {
        if (storage.State.Owner is { } present)
            return present == owner;
        storage.State.Owner = owner;
        await Commit(storage.WriteStateAsync());
        return true;
    }

    public async Task Release(long owner)
    {
        if (storage.State.Owner != owner)
            return;
        await Commit(storage.ClearStateAsync());
    }

    public Task<long?> Owner()
    {
        DeactivateOnIdle();
        return Task.FromResult(storage.State.Owner);
    }

    private async Task Commit(Task write)
    {
        try
        {
            await write;
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException("A name was not saved.", e);
        }
        finally
        {
            DeactivateOnIdle();
        }
    }
}

[GenerateSerializer, Alias("gb.NameState")]
public sealed class NameState
{
    [Id(0)] public long? Owner { get; set; }
}
