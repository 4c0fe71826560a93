using GameBackend.Game;

namespace GameBackend.Grains.Membership;

/// <summary>Which guild and which team a player belongs to.</summary>
[GrainType("membership"), Role(Roles.Player)]
public sealed class MembershipGrain(
    [PersistentState("membership", "Default")] IPersistentState<MembershipRecord> storage) : Grain, IMembershipGrain
{
    private Task _saving = Task.CompletedTask;

    public async Task<long> Claim(MembershipKind kind, long group)
    {
        ArgumentOutOfRangeException.ThrowIfZero(group);
        if (Of(kind) is not 0 and var present)
            return present;
        await Set(kind, group);
        return group;
    }

    public Task Release(MembershipKind kind, long group) =>
        Of(kind) == group ? Set(kind, 0) : Task.CompletedTask;

    public async Task<Memberships> Get()
    {
        // This may run while a write is under way, and memory is ahead of storage.
        await _saving;
        return new Memberships(storage.State.Guild, storage.State.Team);
    }

    private long Of(MembershipKind kind) =>
        kind == MembershipKind.Guild ? storage.State.Guild : storage.State.Team;

    private Task Set(MembershipKind kind, long group)
    {
        if (kind == MembershipKind.Guild)
            storage.State.Guild = group;
        else
            storage.State.Team = group;
        return _saving = Save();
    }

    private async Task Save()
    {
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException("A membership was not saved.", e);
        }
    }
}
