using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Guild;

/// <summary>The open invitations of a player, the newest few.</summary>
[GrainType("guild-invitations"), Role(Roles.Social)]
public sealed class GuildInvitationsGrain(
    [PersistentState("guild-invitations", "Default")] IPersistentState<GuildInvitationsRecord> storage,
    TimeProvider time) : Grain, IGuildInvitationsGrain
{
    private const int Kept = 20;

    public async Task Put(byte[] invitation)
    {
        var added = GuildInvitation.Parser.ParseFrom(invitation);
        var all = storage.State.Invitations;
        if (all.Contains(added))
            return;
        Drop(added.GuildId);
        all.Add(added);
        while (all.Count > Kept)
            all.RemoveAt(0);
        await Save();
    }

    public Task Remove(long guild) => Drop((ulong)guild) ? Save() : Task.CompletedTask;

    public Task<byte[]> List()
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Task.FromResult(new GuildInvitations
        {
            Invitations = { storage.State.Invitations.Where(each => each.ExpiresAtMs > nowMs) },
        }.ToByteArray());
    }

    private bool Drop(ulong guild)
    {
        var known = storage.State.Invitations.FirstOrDefault(each => each.GuildId == guild);
        return known is not null && storage.State.Invitations.Remove(known);
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
            throw new OutcomeUnknownException("Invitations were not saved.", e);
        }
    }
}
