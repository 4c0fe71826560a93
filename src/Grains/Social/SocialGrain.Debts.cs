using GameBackend.Game;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Social;

/// <summary>
/// What a player's social side owes: pushes to the player, and its newest words to other players' sides. Paid beside
/// the commands, and again by a timer, a reminder and every activation, until it is done.
/// </summary>
public sealed partial class SocialGrain
{
    private const string Reminder = "social";
    private static readonly TimeSpan TendEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WakeEvery = TimeSpan.FromMinutes(2);

    private IGrainTimer? _tending;
    private Task _paying = Task.CompletedTask;
    private bool _reminded;

    /// <summary>The saved record owes what was paid since.</summary>
    private bool _paidUnsaved;

    private bool Owes =>
        Record.Outbox.Count > 0 || Record.Withdrawing.Count > 0 || Record.Edges.Any(FriendRules.IsUntold);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _reminded = true;
        return Tend();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_paidUnsaved && !_saving.IsFaulted)
            await storage.WriteStateAsync(cancellationToken);
    }

    private void TendSoon() => _tending ??= this.RegisterGrainTimer(Tend, new GrainTimerCreationOptions
    {
        DueTime = TimeSpan.Zero,
        Period = TendEvery,
    });

    /// <summary>
    /// Runs as a command of its own, and never waits for another player's side, which may be waiting for this one.
    /// </summary>
    private async Task Tend()
    {
        // Timers still tick while an activation whose write has failed goes down.
        if (_saving.IsFaulted)
            return;
        if (Owes)
        {
            TendSoon();
            PaySoon();
            return;
        }

        try
        {
            if (_paidUnsaved)
            {
                _paidUnsaved = false;
                await Commit();
            }

            if (_reminded && await this.GetReminder(Reminder) is { } reminder)
                await this.UnregisterReminder(reminder);
            _reminded = false;
            _tending?.Dispose();
            _tending = null;
        }
        catch (Exception e)
        {
            LogStillOwing(e, Id);
        }
    }

    private void PaySoon()
    {
        if (!Owes && !_paidUnsaved)
            return;
        if (_paying.IsCompleted)
            _paying = Pay();
        TendSoon();
    }

    private async Task Pay()
    {
        try
        {
            while (true)
            {
                // What is not saved yet is not owed yet.
                while (!_saving.IsCompleted)
                    await _saving;
                if (_saving.IsFaulted)
                    return;
                if (Record.Outbox.Count > 0)
                    await Post(Record.Outbox[0], PostKind.Change);
                else if (Record.Edges.FirstOrDefault(FriendRules.IsUntold) is { } edge)
                    await Tell(edge);
                else if (Record.Withdrawing.Count > 0)
                    await Withdraw(Record.Withdrawing[0]);
                else
                    return;
            }
        }
        catch (Exception e)
        {
            LogStillOwing(e, Id);
        }
    }

    private async Task Tell(SocialEdge edge)
    {
        var (word, other) = (Word(edge.Mine), GrainFactory.GetGrain<ISocialGrain>(edge.Player));
        if (word.Accepts != 0)
        {
            // The answer changes more than what is owed: it takes its turn among the commands.
            var answer = await other.HearAccepting(Id, await Name(), word);
            await this.AsReference<ISocialGrain>().Confirm(edge.Player, word.Version, answer);
            return;
        }

        await other.Hear(Id, await Name(), word);
        edge.Told = Math.Max(edge.Told, word.Version);
        _paidUnsaved = true;
    }

    private async Task<string> Name()
    {
        if (_name.Length == 0 && await GrainFactory.GetGrain<IPlayerProfile>(Id).GetPublicProfile() is { } profile)
            _name = PublicProfile.Parser.ParseFrom(profile).Profile.Name;
        return _name;
    }

    private async Task<MailboxItem> Post(PendingPush push, PostKind kind)
    {
        var body = push.Body.ToByteArray();
        // What is not told with an answer is the other player's doing.
        var by = kind == PostKind.Change ? (long)FriendChanged.Parser.ParseFrom(body).Entry.PlayerId : 0;
        var item = await GrainFactory.GetGrain<IMailboxGrain>(Id).PostFrom(by, push.MessageId, push.Op, body, kind);
        Record.Outbox.Remove(push);
        _paidUnsaved = true;
        return item!;
    }

    private async Task KeepReminder()
    {
        if (_reminded)
            return;
        try
        {
            await this.RegisterOrUpdateReminder(Reminder, WakeEvery, WakeEvery);
            _reminded = true;
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"The friends of player {Id} cannot be told now.", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The social side of player {PlayerId} still owes something")]
    private partial void LogStillOwing(Exception exception, long playerId);
}
