using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Letters;

/// <summary>
/// Value that leaves the letters: to their owner, who takes it in a request of its own, or back to the sender. What is
/// cut off is handed over by a pump that runs between requests, so that it may wait for players' grains.
/// </summary>
public sealed partial class LetterBoxGrain
{
    private const string WakeReminder = "letters";

    private static readonly TimeSpan WakeEvery = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(20);

    private readonly HashSet<string> _underWay = [];

    /// <summary>An owner who has begun a claim mostly settles it at once.</summary>
    private TimeSpan PumpEvery => options.Value.RetryEvery;

    /// <summary>
    /// What the last write has saved as outgoing. The pump runs between writes and must not send more.
    /// </summary>
    private OutgoingTransfer[] _saved = [];

    private IGrainTimer? _pump;
    private long? _wakeAtMs;
    private bool _pumping;
    private bool _ended;

    public async Task<LetterClaim> BeginClaim(ulong id)
    {
        var begun = Box.Outgoing.Count;
        var error = LetterRules.BeginClaim(Box, PlayerId, id, NowMs, out var claim);
        if (error != GameError.Ok)
            return new LetterClaim(error, id);
        if (Box.Outgoing.Count > begun)
            await Commit();
        return new LetterClaim(GameError.Ok, id, Pack(claim!.Transfer));
    }

    public async Task<LetterClaim[]> BeginClaims()
    {
        var begun = Box.Outgoing.Count;
        var claims = LetterRules.BeginClaims(Box, PlayerId, NowMs);
        if (Box.Outgoing.Count > begun)
            await Commit();
        return [.. claims.Select(claim => new LetterClaim(GameError.Ok, claim.LetterId, Pack(claim.Transfer)))];
    }

    public async Task Settle(SettledTransfer[] transfers)
    {
        var open = Box.Outgoing.Where(each => transfers.Any(settled => settled.Id == each.Transfer.Id)).ToArray();
        if (open.Length == 0)
            return;
        foreach (var settled in transfers)
            LetterRules.Settle(Box, settled.Id, settled.Error, NowMs);
        await Commit();
        // What the pump has under way now may arrive behind this: the pump lets the receiver forget it.
        foreach (var group in open.Where(each => !_underWay.Contains(each.Transfer.Id)).GroupBy(ReceiverOf))
            group.Key.Forget([.. group.Select(each => each.Transfer.Id)]).Ignore();
    }

    /// <summary>Wakes a letter box that has something to send, or something that expires.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (Sweep())
            await Commit();
        await SetReminder(WakeAtMs());
        PumpSoon();
    }

    private void PumpSoon()
    {
        if (Box.Outgoing.Count == 0 || _pump is not null)
            return;
        _pump = this.RegisterGrainTimer(StartPump, new GrainTimerCreationOptions
        {
            DueTime = PumpEvery,
            Period = PumpEvery,
            Interleave = true,
            KeepAlive = true,
        });
    }

    /// <summary>
    /// The timer does not wait for the pump: an activation that ends waits for its timers, while what the pump asks of
    /// itself then waits for the next activation.
    /// </summary>
    private Task StartPump()
    {
        Pump().Ignore();
        return Task.CompletedTask;
    }

    private async Task Pump()
    {
        if (_pumping)
            return;
        _pumping = true;
        try
        {
            var old = NowMs - (long)PumpEvery.TotalMilliseconds;
            foreach (var outgoing in _saved.Where(o => o.Receiver.Length > 0 || o.Transfer.AtMs <= old))
                await HandOver(outgoing);
            if (Box.Outgoing.Count > 0)
                return;
            _pump?.Dispose();
            _pump = null;
        }
        finally
        {
            _pumping = false;
        }
    }

    private async Task HandOver(OutgoingTransfer outgoing)
    {
        // It may have been settled meanwhile, and its receiver may have forgotten it.
        if (_ended || !Box.Outgoing.Contains(outgoing))
            return;
        var id = outgoing.Transfer.Id;
        var receiver = ReceiverOf(outgoing);
        _underWay.Add(id);
        try
        {
            var answer = await receiver.Receive(Pack(outgoing.Transfer));
            // A request to itself: it takes its turn among the others, and has the state to itself.
            await this.AsReference<ILetterBoxGrain>().Settle([new SettledTransfer(id, answer.Error)]);
            receiver.Forget([id]).Ignore();
        }
        catch (Exception e)
        {
            LogTransferOpen(e, id);
        }
        finally
        {
            _underWay.Remove(id);
        }
    }

    private IValueReceiver ReceiverOf(OutgoingTransfer outgoing) => GrainFactory.GetValueReceiver(
        outgoing.Receiver.Length == 0 ? ValueReceivers.Player : outgoing.Receiver, outgoing.ReceiverKey);

    private long? WakeAtMs() => Box.Outgoing.Count > 0 ? 0 : LetterRules.NextSweepMs(Box);

    /// <summary>
    /// Before the write: a silo that dies right after it leaves a reminder that brings this box back. One that comes
    /// earlier than needed stays, and is corrected when it comes.
    /// </summary>
    private Task KeepReminder() =>
        WakeAtMs() is { } needed
            && (_wakeAtMs is null || _wakeAtMs > needed) ? SetReminder(needed) : Task.CompletedTask;

    private async Task SetReminder(long? wakeAtMs)
    {
        try
        {
            if (wakeAtMs is { } at)
            {
                // Reminders have a longest time; who is woken too early goes back to sleep.
                var wait = TimeSpan.FromMilliseconds(Math.Clamp(at - NowMs, 0, (long)LongestWait.TotalMilliseconds));
                var due = wait > WakeEvery ? wait : WakeEvery;
                await this.RegisterOrUpdateReminder(WakeReminder, due, WakeEvery);
            }
            else if (await this.GetReminder(WakeReminder) is { } reminder)
            {
                await this.UnregisterReminder(reminder);
            }

            _wakeAtMs = wakeAtMs;
        }
        catch (Exception e)
        {
            throw Unclear(e);
        }
    }

    private static ValueTransfer Pack(Transfer transfer) => new(
        transfer.Id, transfer.Value.ToByteArray(), transfer.Reason, transfer.From, transfer.Details.ToByteArray(),
        transfer.MustTake);

    [LoggerMessage(Level = LogLevel.Information, Message = "Transfer {TransferId} of a letter is still open")]
    private partial void LogTransferOpen(Exception exception, string transferId);
}
