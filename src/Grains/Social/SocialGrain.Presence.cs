using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Social;

/// <summary>
/// How the player is, told to friends and guild mates who are there: several changes at once are told as one.
/// </summary>
public sealed partial class SocialGrain
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);
    private static readonly uint PresenceOp = Opcodes.OfPush<PresenceChanged>().Op;

    private PresenceEntry? _presence;
    private IGrainTimer? _spreading;

    public async Task<PresenceEntry> SetPresence(string name, PresenceEntry presence)
    {
        _name = name;
        var told = presence with { StatusText = Record.StatusText, Name = name };
        await GrainFactory.PresenceBoardOf(Id).Set(told);
        if (_presence != told)
        {
            _presence = told;
            SpreadSoon();
        }

        return told;
    }

    private void SpreadSoon() => _spreading ??= this.RegisterGrainTimer(Spread, new GrainTimerCreationOptions
    {
        DueTime = Gather,
        Period = Timeout.InfiniteTimeSpan,
        Interleave = true,
    });

    private async Task Spread()
    {
        _spreading?.Dispose();
        _spreading = null;
        try
        {
            // An activation of which nothing was left to remember has been told, and has forgotten it.
            var presence = _presence ?? (await GrainFactory.PresenceBoardOf(Id).Get([Id]))[0];
            if (presence.SinceMs == 0)
                return;
            if (presence.StatusText != Record.StatusText)
            {
                _presence = presence = presence with { StatusText = Record.StatusText };
                await GrainFactory.PresenceBoardOf(Id).Set(presence);
            }

            var push = new PresenceChanged { Players = { Wire(presence) } }.ToByteArray();
            foreach (var player in await WhoIsThere())
                GrainFactory.GetGrain<IMailboxGrain>(player).PostTransient(PresenceOp, push).Ignore();
        }
        catch (Exception e)
        {
            // It may be lost: whoever lists friends sees it.
            LogNotSpread(e, Id);
        }

        ForgetIfEmpty();
    }

    private async Task<IEnumerable<long>> WhoIsThere()
    {
        var told = Record.Edges.Where(edge => FriendRules.Relation(edge) == FriendRelation.Friend)
            .Select(edge => edge.Player).ToHashSet();
        var guild = (await GrainFactory.GetGrain<IMembershipGrain>(Id).Get()).Guild;
        if (guild != 0)
            told.UnionWith(await GrainFactory.GetGuildAudience(guild).Listeners());

        told.ExceptWith(Record.Blocked.Select(mark => mark.Player));
        told.Remove(Id);
        return told.Count == 0
            ? []
            : (await GrainFactory.Presences(told)).Where(other => other.Status > PlayerStatus.Away)
                .Select(other => other.PlayerId);
    }

    private static PlayerPresence Wire(PresenceEntry presence) => new()
    {
        PlayerId = (ulong)presence.PlayerId,
        Status = presence.Status,
        SinceMs = presence.SinceMs,
        StatusText = presence.StatusText,
        Name = presence.Name,
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "The presence of player {PlayerId} was not told")]
    private partial void LogNotSpread(Exception exception, long playerId);
}
