using GameBackend.Game;

namespace GameBackend.Grains.Social;

/// <summary>
/// What needs the other player's side, or the groups of both: acceptances, which the side that wishes decides, and the
/// end of invitations after a block. None of it holds up this player's commands while it waits.
/// </summary>
public sealed partial class SocialGrain
{
    public async Task<Outcome> Accepted(SocialActor actor, long player)
    {
        try
        {
            while (IsAccepting(player, out var edge))
            {
                // What is not saved yet is not told yet.
                await _saving;
                await Tell(edge!);
            }

            await _saving;
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"Player {player} has not confirmed a request to {Id} yet.", e);
        }

        if (KeyedAnswerRules.Find(Record.Done, Id, actor.Key) is { } done)
            return await Told(done.Reply);
        return Outcome.Refused(GameError.FriendNoRequest);
    }

    public async Task<SocialWord> HearAccepting(long from, string name, SocialWord word)
    {
        await Hear(from, name, word);
        return FriendRules.Edge(Record, from) is { } edge ? Word(edge.Mine) : default;
    }

    public async Task Confirm(long player, ulong told, SocialWord answer)
    {
        FriendRules.Confirm(Record, player, told, Word(answer), NowMs);
        await Commit();
        PaySoon();
    }

    public async Task Withdrawn(long player)
    {
        try
        {
            await _saving;
            if (Record.Withdrawing.Contains(player))
                await Withdraw(player);
        }
        catch (Exception e)
        {
            // It stands in the record; the timer retries.
            LogStillOwing(e, Id);
        }
    }

    private async Task Withdraw(long player)
    {
        await Task.WhenAll(Withdraw(Id, player), Withdraw(player, Id));
        Record.Withdrawing.Remove(player);
        _paidUnsaved = true;
    }

    /// <summary>Ends what one has asked the other to join, in the group of the one, or one that it has left.</summary>
    private async Task Withdraw(long by, long player)
    {
        var groups = await GrainFactory.GetGrain<IMembershipGrain>(by).Get();
        if (groups.Team != 0)
            await GrainFactory.GetGrain<ITeamGrain>(groups.Team).Withdraw(by, player);
        var listed = GuildInvitations.Parser.ParseFrom(
            await GrainFactory.GetGrain<IGuildInvitationsGrain>(player).List());
        var guilds = listed.Invitations.Select(invitation => (long)invitation.GuildId).Append(groups.Guild);
        foreach (var guild in guilds.Where(guild => guild != 0).Distinct())
            await GrainFactory.GetGrain<IGuildGrain>(guild).Withdraw(by, player);
    }

    private bool IsAccepting(long player, out SocialEdge? edge)
    {
        edge = FriendRules.Edge(Record, player);
        return edge is not null && FriendRules.IsAccepting(edge);
    }

    private static SocialWord Word(FriendWord word) => new(word.Version, word.Wish, word.Rejects, word.Accepts);

    private static FriendWord Word(SocialWord word) => new()
    {
        Version = word.Version,
        Wish = word.Wish,
        Rejects = word.Rejects,
        Accepts = word.Accepts,
    };
}
