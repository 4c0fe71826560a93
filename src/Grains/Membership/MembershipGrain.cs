using GameBackend.Game;

namespace GameBackend.Grains.Membership;

/// <summary>Which guild, which team and which battle a player belongs to, and until when it cannot queue.</summary>
[GrainType("membership"), Role(Roles.Player)]
public sealed class MembershipGrain(
    [PersistentState("membership", "Default")] IPersistentState<MembershipRecord> storage,
    TimeProvider time) : Grain, IMembershipGrain
{
    private Task _saving = Task.CompletedTask;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long PenaltyUntilMs => storage.State.Penalty?.UntilMs ?? 0;

    public async Task<long> Claim(MembershipKind kind, long group, string place)
    {
        ArgumentOutOfRangeException.ThrowIfZero(group);
        if (Of(kind) is not 0 and var present)
            return present;
        if (kind == MembershipKind.Battle && group == storage.State.LastBattle)
            return 0;
        if (kind == MembershipKind.Battle && place.Length > 0 && PenaltyUntilMs > NowMs)
            return Memberships.Penalised;
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

    public async Task<long> Penalise(long ticket, long match)
    {
        var isCounted = !PenaltyRules.Count(storage.State, match, NowMs);
        if (storage.State.Battle == ticket)
            await Set(MembershipKind.Battle, 0);
        else if (!isCounted)
            await (_saving = Save());
        return PenaltyUntilMs;
    }

    public async Task<Memberships> Get()
    {
        // This may run while a write is under way, and memory is ahead of storage.
        await _saving;
        var state = storage.State;
        // Most players who are asked for belong nowhere: that is not worth the memory of an activation.
        if (state is { Guild: 0, Team: 0, Battle: 0 } && PenaltyUntilMs <= NowMs)
            DeactivateOnIdle();
        return new Memberships(state.Guild, state.Team, state.Battle, state.Queue, PenaltyUntilMs);
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
