using System.Collections.Frozen;
using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Guild;

/// <summary>The commands and reads of a guild, each with the rule that decides it.</summary>
internal static class GuildCommands
{
    public static readonly uint JoinOp = Opcodes.Of<JoinGuildRequest>().Op;

    private static readonly FrozenDictionary<uint, Command> s_commands = new[]
    {
        Map<JoinGuildRequest>((on, r) => GuildRules.Join(on.State, on.Guild, on.Act)),
        Map<WithdrawGuildRequest>((on, r) => GuildRules.Withdraw(on.State, on.Guild, on.Act)),
        Map<InviteToGuildRequest>((on, r) => on.Target is not { } person
            ? GuildDecision.Refused(GameError.PlayerNotFound)
            : GuildRules.Invite(on.State, on.Guild, on.Act, (long)r.PlayerId, person.Name, person.Level)),
        Map<RevokeGuildInviteRequest>((on, r) => GuildRules.Revoke(on.State, on.Guild, on.Act, (long)r.PlayerId)),
        Map<AcceptGuildInviteRequest>((on, r) => GuildRules.Accept(on.State, on.Guild, on.Act)),
        Map<DeclineGuildInviteRequest>((on, r) => GuildRules.Decline(on.State, on.Guild, on.Act)),
        Map<ApproveGuildRequestRequest>((on, r) => GuildRules.Approve(on.State, on.Guild, on.Act, (long)r.PlayerId)),
        Map<RejectGuildRequestRequest>((on, r) => GuildRules.Reject(on.State, on.Guild, on.Act, (long)r.PlayerId)),
        Map<LeaveGuildRequest>((on, r) => GuildRules.Leave(on.State, on.Guild, on.Act)),
        Map<KickGuildMemberRequest>((on, r) => GuildRules.Kick(on.State, on.Guild, on.Act, (long)r.PlayerId)),
        Map<BanFromGuildRequest>((on, r) => on.Target is not { } person
            ? GuildDecision.Refused(GameError.PlayerNotFound)
            : GuildRules.Ban(on.State, on.Guild, on.Act, (long)r.PlayerId, person.Name)),
        Map<UnbanFromGuildRequest>((on, r) => GuildRules.Unban(on.State, on.Guild, on.Act, (long)r.PlayerId)),
        Map<SetGuildRankRequest>((on, r) => GuildRules.SetRank(on.State, on.Guild, on.Act, (long)r.PlayerId, r.Rank)),
        Map<TransferGuildRequest>((on, r) => GuildRules.Transfer(on.State, on.Guild, on.Act, (long)r.PlayerId)),
        Map<SetGuildPermissionsRequest>((on, r) => GuildRules.SetPermissions(on.State, on.Guild, on.Act, r.Rights)),
        Map<DisbandGuildRequest>((on, r) => GuildRules.Disband(on.State, on.Guild, on.Act)),
        Map<ConfigureGuildRequest>((on, r) => GuildRules.Configure(on.State, on.Guild, on.Act, r)),
        Map<BuyFromGuildRequest>((on, r) => GuildRules.Buy(on.State, on.Guild, on.Act, r.Offer, r.Count)),
    }.ToFrozenDictionary(pair => pair.Op, pair => pair.Command);

    /// <summary>Decides on the state: what it refuses it leaves as it was.</summary>
    public delegate GuildDecision Command(GuildScene scene, byte[] request);

    /// <exception cref="KeyNotFoundException">The opcode is no guild's command.</exception>
    public static GuildDecision Decide(uint op, GuildScene scene, byte[] request) => s_commands[op](scene, request);

    /// <summary>The answer to a command.</summary>
    public static IMessage Reply(uint op, bool joined, ulong version) => op == JoinOp
        ? new JoinGuildReply { Joined = joined, Version = version }
        : new GuildDone { Version = version };

    private static (uint Op, Command Command) Map<TRequest>(Func<GuildScene, TRequest, GuildDecision> rule)
        where TRequest : class, IMessage<TRequest>, new() =>
        (Opcodes.Of<TRequest>().Op, (scene, request) => rule(scene, ClientInput.Parse<TRequest>(request)));
}

/// <summary>What a command is decided on.</summary>
internal sealed record GuildScene(GuildState State, GuildDefinition Guild, GuildAct Act, GuildPerson? Target);
