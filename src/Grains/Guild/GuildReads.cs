using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Guild;

/// <summary>What a guild answers without a change.</summary>
internal static class GuildReads
{
    public static readonly uint GetOp = Opcodes.Of<GetGuildRequest>().Op;
    private static readonly uint FetchOp = Opcodes.Of<FetchGuildRequest>().Op;
    private static readonly uint ApplicationsOp = Opcodes.Of<ListGuildApplicationsRequest>().Op;
    private static readonly uint BansOp = Opcodes.Of<ListGuildBansRequest>().Op;
    private static readonly uint LogOp = Opcodes.Of<ReadGuildLogRequest>().Op;

    public static Outcome Answer(uint op, GuildReading on, byte[] request)
    {
        if (op == GetOp)
            return Outcome.Of(GuildViews.Summary(on.State, on.Guild));
        if (GuildRules.Member(on.State, on.Player) is null)
            return Outcome.Refused(GameError.NotInGuild);
        if (op == FetchOp)
            return Outcome.Of(GuildViews.Whole(on.State, on.Guild, on.NowMs, on.Presence));
        IMessage reply;
        GameError error;
        if (op == ApplicationsOp)
        {
            error = GuildViews.Applications(on.State, on.Player, on.NowMs, out var applications);
            reply = applications;
        }
        else if (op == BansOp)
        {
            error = GuildViews.Bans(on.State, on.Player, out var bans);
            reply = bans;
        }
        else if (op == LogOp)
        {
            error = GuildViews.Log(on.State, on.Player, ClientInput.Parse<ReadGuildLogRequest>(request), out var log);
            reply = log;
        }
        else
        {
            error = GuildViews.Shop(on.State, on.Guild, on.Player, on.NowMs, out var shop);
            reply = shop;
        }

        return error == GameError.Ok ? Outcome.Of(reply) : Outcome.Refused(error);
    }
}

internal sealed record GuildReading(
    GuildState State, GuildDefinition Guild, long Player, long NowMs, Action<GuildMember> Presence);
