namespace GameBackend.Game;

/// <summary>
/// A change of a guild in the making, and the delta that tells of it. Rules check everything before they begin one: a
/// draft is never given up.
/// </summary>
internal sealed class GuildDraft(GuildState state, GuildDefinition guild, GuildAct act)
{
    private readonly GuildChanged _change = new();

    public void Changed(GuildMemberState member)
    {
        if (_change.Members.All(view => view.PlayerId != (ulong)member.Player))
            _change.Members.Add(new GuildMember { PlayerId = (ulong)member.Player });
    }

    public void Add(GuildMemberState member)
    {
        GuildRules.RecallPurchases(state, member);
        state.Members.Add(member);
        Changed(member);
    }

    public void Remove(GuildMemberState member)
    {
        state.Members.Remove(member);
        GuildRules.KeepPurchases(state, member, act.NowMs);
        _change.MembersGone.Add((ulong)member.Player);
        Release(member.Player);
    }

    public void Profile(GuildProfile profile) => (state.Profile, _change.Profile) = (profile, profile);

    public void FundsChanged() => _change.Funds = new GuildFunds();

    public void RequestsChanged() => _change.Requests = 0;

    public void Rights(GuildRights rights)
    {
        GuildLists.Remove(state.Rights, other => other.Rank == rights.Rank);
        state.Rights.Add(rights);
        _change.Rights.Add(rights.Clone());
    }

    public void Log(GuildEvent what, long target = 0, string targetName = "", string detail = "", long amount = 0)
    {
        state.NextLog = Math.Max(state.NextLog, 1);
        var entry = new GuildLogEntry
        {
            Seq = state.NextLog++,
            AtMs = act.NowMs,
            Event = what,
            Actor = (ulong)act.Player,
            ActorName = act.Name,
            Target = (ulong)target,
            TargetName = targetName,
            What = detail,
            Amount = amount,
        };
        state.Log.Add(entry);
        while (state.Log.Count > GuildRules.LogKept) state.Log.RemoveAt(0);
        _change.Entries.Add(entry);
    }

    public void Release(long player) => GuildDuties.Owe(state, new GuildDuty { Player = player, Release = true });

    public void Turn(long player, GuildTurn turn) => GuildDuties.Owe(state, new GuildDuty
    {
        Player = player,
        Turned = new GuildTurned { GuildId = (ulong)state.Id, Name = state.Profile.Name, Turn = turn },
    });

    /// <summary>A change that members see, as one version.</summary>
    public GuildDecision Done()
    {
        state.Version++;
        _change.GuildId = (ulong)state.Id;
        _change.Version = state.Version;
        if (_change.Funds is not null) _change.Funds = GuildViews.Funds(state, guild);
        if (_change.HasRequests) _change.Requests = GuildViews.OpenRequests(state, act.NowMs);
        for (var i = 0; i < _change.Members.Count; i++)
        {
            var member = GuildRules.Member(state, (long)_change.Members[i].PlayerId)!;
            _change.Members[i] = GuildViews.Member(member);
        }

        return new GuildDecision(GameError.Ok, _change.Clone());
    }
}

/// <summary>What a guild owes: written with what caused it, and repeated until it is done.</summary>
public static class GuildDuties
{
    public static void Owe(GuildState state, GuildDuty duty)
    {
        state.NextDuty = Math.Max(state.NextDuty, 1);
        duty.Number = state.NextDuty++;
        state.Duties.Add(duty);
    }

    /// <summary>Drops what is done.</summary>
    public static bool Settle(GuildState state, IReadOnlyCollection<ulong> numbers) =>
        GuildLists.Remove(state.Duties, duty => numbers.Contains(duty.Number)) > 0;
}

internal static class GuildLists
{
    public static int Remove<T>(Google.Protobuf.Collections.RepeatedField<T> list, Func<T, bool> which)
    {
        var removed = 0;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (!which(list[i])) continue;
            list.RemoveAt(i);
            removed++;
        }

        return removed;
    }

    public static GuildWish? Find(
        Google.Protobuf.Collections.RepeatedField<GuildWish> wishes, long player, long nowMs) =>
        wishes.FirstOrDefault(wish => wish.Player == player && IsOpen(wish, nowMs));

    public static bool IsOpen(GuildWish wish, long nowMs) => wish.ExpiresAtMs == 0 || wish.ExpiresAtMs > nowMs;

    public static void Drop(Google.Protobuf.Collections.RepeatedField<GuildWish> wishes, long player) =>
        Remove(wishes, wish => wish.Player == player);
}
