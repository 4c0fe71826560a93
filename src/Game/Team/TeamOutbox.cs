using System.Globalization;
using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>What a team owes its players to be told, and how it looks to them.</summary>
public static class TeamOutbox
{
    private static readonly uint ChangedOp = Opcodes.OfPush<TeamChanged>().Op;

    /// <summary>The team as its members see it.</summary>
    public static TeamView View(TeamRecord team) => new()
    {
        TeamId = (ulong)team.Id,
        Version = team.Version,
        Settings = team.Settings.Clone(),
        Size = team.Size,
        Leader = (ulong)team.Leader,
        Members =
        {
            team.Members.Select(member => new TeamMember
            {
                PlayerId = (ulong)member.Player,
                Name = member.Name,
                Ready = member.Ready,
                Away = member.Away,
                JoinedAtMs = member.JoinedAtMs,
            }),
        },
        Asking = { team.Asking.Select(wish => new TeamAsking { PlayerId = (ulong)wish.Player, Name = wish.Name }) },
    };

    /// <summary>A new version, for every member. An older one that is still owed gives way to it.</summary>
    internal static void Changed(TeamRecord team)
    {
        team.Version++;
        for (var i = team.Outbox.Count - 1; i >= 0; i--)
        {
            if (team.Outbox[i].Op == ChangedOp)
                team.Outbox.RemoveAt(i);
        }

        var body = new TeamChanged { Team = View(team) }.ToByteString();
        foreach (var member in team.Members)
            Add(team, member.Player, ChangedOp, body);
    }

    internal static void Gone(TeamRecord team, long player, TeamGoneReason reason) =>
        Add(team, player, new TeamGone { TeamId = (ulong)team.Id, Reason = reason });

    internal static void Invited(TeamRecord team, long by, long player, long expiresAtMs) =>
        Add(team, player, new TeamInvited
        {
            TeamId = (ulong)team.Id,
            From = (ulong)by,
            FromName = TeamRules.Member(team, by)!.Name,
            Settings = team.Settings.Clone(),
            ExpiresAtMs = expiresAtMs,
        });

    internal static void Declined(TeamRecord team, long told, long about) =>
        Add(team, told, new TeamDeclined { TeamId = (ulong)team.Id, PlayerId = (ulong)about });

    private static void Add<TPush>(TeamRecord team, long player, TPush push) where TPush : IMessage<TPush> =>
        Add(team, player, Opcodes.OfPush<TPush>().Op, push.ToByteString());

    private static void Add(TeamRecord team, long player, uint op, ByteString body) => team.Outbox.Add(new TeamPush
    {
        Player = player,
        MessageId = string.Create(CultureInfo.InvariantCulture, $"team/{team.Id:x}/{team.NextPush++}"),
        Op = op,
        Body = body,
    });
}
