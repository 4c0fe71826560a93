using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Guild;

/// <summary>
/// What a guild owes: changes to tell, memberships and names to give back, messages, things that were bought. Done
/// beside the commands, since players may be waiting for this guild meanwhile, and again by the next activation until
/// it is done.
/// </summary>
public sealed partial class GuildGrain
{
    private const int AtOnce = 32;

    private static readonly uint InvitationOp = Opcodes.OfPush<GuildInvitation>().Op;
    private static readonly uint TurnedOp = Opcodes.OfPush<GuildTurned>().Op;

    private readonly Dictionary<ulong, Task> _paying = [];
    private readonly HashSet<(long Player, string Transfer)> _delivered = [];
    private Task _doing = Task.CompletedTask;
    private GuildSummary? _reported;

    /// <summary>The saved record has duties, or changes to tell, that are done by now.</summary>
    private bool _undoneUnsaved;

    /// <summary>What is done is not done again by the next activation.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _doing;
        if (_undoneUnsaved && !_saving.IsFaulted)
            await storage.WriteStateAsync(cancellationToken);
    }

    private void DoSoon()
    {
        if (_doing.IsCompleted)
            _doing = DoAll();
    }

    private async Task DoAll()
    {
        try
        {
            while (Record.Untold.Count > 0 || State.Duties.Count > 0)
            {
                // What is not saved yet is not owed yet.
                await _saving;
                if (Record.Untold.Count > 0)
                    await TellAll(Record.Untold[0]);
                else
                    await Task.WhenAll(State.Duties.Take(AtOnce).ToArray().Select(Pay));
            }

            await Report();
        }
        catch (Exception e)
        {
            TendAgain();
            LogStillOwing(e, Id);
        }
    }

    /// <summary>One push for each member who is there or may be.</summary>
    private async Task TellAll(PendingPush push)
    {
        foreach (var part in State.Members.Select(member => member.Player).Where(MayBeThere).Chunk(AtOnce))
            await Task.WhenAll(part.Select(player => Post(player, push, PostKind.Change)));
        Record.Untold.Remove(push);
        _undoneUnsaved = true;
    }

    private Task<MailboxItem?> Post(long player, PendingPush push, PostKind kind) =>
        Mailbox(player).Post(push.MessageId, push.Op, push.Body.ToByteArray(), kind);

    /// <summary>Does a duty; one that is being done already is waited for.</summary>
    private Task Pay(GuildDuty duty)
    {
        if (_paying.TryGetValue(duty.Number, out var running))
            return running;
        var paying = PayNow(duty);
        if (!paying.IsCompleted)
            _paying[duty.Number] = paying;
        return paying;
    }

    private async Task PayNow(GuildDuty duty)
    {
        try
        {
            await (duty.WhatCase switch
            {
                GuildDuty.WhatOneofCase.Release => Membership(duty.Player).Release(MembershipKind.Guild, Id),
                GuildDuty.WhatOneofCase.Name => Name(duty.Name).Release(Id),
                GuildDuty.WhatOneofCase.Turned => Post(duty, TurnedOp, duty.Turned, PostKind.Change),
                GuildDuty.WhatOneofCase.Invited => Invite(duty),
                GuildDuty.WhatOneofCase.Uninvited => Invitations(duty.Player).Remove(Id),
                _ => Deliver(duty),
            });
            State.Duties.Remove(duty);
            _undoneUnsaved = true;
        }
        finally
        {
            _paying.Remove(duty.Number);
        }
    }

    private async Task Invite(GuildDuty duty)
    {
        await Invitations(duty.Player).Put(duty.Invited.ToByteArray());
        await Mailbox(duty.Player).PostFrom(
            duty.By, MessageId(duty), InvitationOp, duty.Invited.ToByteArray(), PostKind.Message);
    }

    private Task Post(GuildDuty duty, uint op, IMessage body, PostKind kind) =>
        Mailbox(duty.Player).Post(MessageId(duty), op, body.ToByteArray(), kind);

    private string MessageId(GuildDuty duty) => $"guild/{Id:x}/duty/{duty.Number}";

    /// <summary>
    /// Hands over what was bought; what finds no room there the player's grain passes on to the letters.
    /// </summary>
    private async Task Deliver(GuildDuty duty)
    {
        var id = $"guild/{Id:x}/duty/{duty.Number}";
        var answer = await GrainFactory.GetValueReceiver(ValueReceivers.Player, duty.Player).Receive(
            new ValueTransfer(id, duty.Value.ToByteArray(), "guild.shop", Id, [], MustTake: true));
        if (answer.Error != GameError.Ok)
            throw new InvalidOperationException($"Player {duty.Player} refuses what must be taken: {answer.Error}.");
        // The player forgets the transfer once it is not in the saved record any more.
        _delivered.Add((duty.Player, id));
    }

    /// <summary>Tells the directory how the guild is now.</summary>
    private async Task Report(bool again = false)
    {
        if (State.Version == 0)
            return;
        var summary = GuildViews.Summary(State, Rules);
        // What no listing needs and what changes often.
        summary.Donated.Clear();
        if (!again && summary.Equals(_reported))
            return;
        await GrainFactory.GetGrain<IGuildIndexGrain>((int)((ulong)Id % IGuildIndexGrain.Shards))
            .Report(State.Version, summary.ToByteArray());
        _reported = summary;
    }

    private IMailboxGrain Mailbox(long player) => GrainFactory.GetGrain<IMailboxGrain>(player);

    private IGuildInvitationsGrain Invitations(long player) => GrainFactory.GetGrain<IGuildInvitationsGrain>(player);

    [LoggerMessage(Level = LogLevel.Information, Message = "Guild {GuildId} still owes something")]
    private partial void LogStillOwing(Exception exception, long guildId);
}
