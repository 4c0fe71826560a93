using GameBackend.Game;

namespace GameBackend.Grains.Membership;

/// <summary>Which guild, which team and which battle a player belongs to.</summary>
[GrainType("membership"), Role(Roles.Player)]
public sealed class MembershipGrain(
    [PersistentState("membership", "Default")] IPersistentState<MembershipRecord> storage) : Grain, IMembershipGrain
{
    private Task _saving = Task.CompletedTask;

    public async Task<long> Claim(MembershipKind kind, long group, string place)
    {
        ArgumentOutOfRangeException.ThrowIfZero(group);
        if (Of(kind) is not 0 and var present)
            return present;
        if (kind == MembershipKind.Battle && group == storage.State.LastBattle)
            return 0;
        await Set(kind, group, place);
        return group;
    }

    public Task Pass(MembershipKind kind, long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfZero(to);
        return Of(kind) == from ? Set(kind, to) : Task.CompletedTask;
    }

    public Task Release(MembershipKind kind, long group) =>
        Of(kind) == group ? Set(kind, 0) : Task.CompletedTask;

    public async Task<Memberships> Get()
    {
        // This may run while a write is under way, and memory is ahead of storage.
        await _saving;
        var state = storage.State;
        return new Memberships(state.Guild, state.Team, state.Battle, state.Queue);
    }

    private long Of(MembershipKind kind) => kind switch
    {
        MembershipKind.Guild => storage.State.Guild,
        MembershipKind.Team => storage.State.Team,
        _ => storage.State.Battle,
    };

    private Task Set(MembershipKind kind, long group, string place = "")
    {
        if (kind == MembershipKind.Guild)
            storage.State.Guild = group;
        else if (kind == MembershipKind.Team)
            storage.State.Team = group;
        else
        {
            if (storage.State.Battle != 0)
                storage.State.LastBattle = storage.State.Battle;
            (storage.State.Battle, storage.State.Queue) = (group, place);
        }

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
