using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Trade;

/// <summary>
/// The exchange: both offers are taken from the players, then each goes to the other; if one of them is not there any
/// more, the other goes back. Each step has an id for good and is repeated until it is answered, and each answer is
/// saved before the next step. The pump runs between requests, so that it may wait for players' grains.
/// </summary>
public sealed partial class TradeGrain
{
    private const string WakeReminder = "trade";

    private static readonly TimeSpan WakeEvery = TimeSpan.FromMinutes(1);

    /// <summary>How long a trade that is over is still known, for who asks again.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(2);

    /// <summary>The steps that the last write has decided on. The pump must not run ahead of storage.</summary>
    private IReadOnlyList<TradeStep> _saved = [];
    private IGrainTimer? _pump;
    private bool _pumping;
    private uint _toldVersion;

    private TimeSpan PumpEvery => options.Value.RetryEvery;

    public async Task Settle(string stepId, GameError error, byte[]? taken)
    {
        var value = taken is null ? null : Value.Parser.ParseFrom(taken);
        if (_saved.All(step => step.Id != stepId))
            return;
        TradeRules.Settle(Record, stepId, error, value, NowMs);
        await Commit();
    }

    /// <summary>Wakes a trade whose silo has died, and forgets one that has long been over.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await LookAtTime();
        PumpSoon();
        var over = TradeRules.IsOver(Record) && NowMs - Record.EndedAtMs >= (long)KeptFor.TotalMilliseconds;
        if (!over && TradeRules.Exists(Record))
            return;
        if (await this.GetReminder(WakeReminder) is { } reminder)
            await this.UnregisterReminder(reminder);
        await storage.ClearStateAsync();
        DeactivateOnIdle();
    }

    private async Task Commit()
    {
        if (TradeRules.EndIfNothing(Record, NowMs) || Record.View.Version != _toldVersion)
            Tell();
        try
        {
            await storage.WriteStateAsync();
            _saved = TradeRules.Steps(Record);
        }
        catch (Exception e)
        {
            throw Unclear(e);
        }

        await PostOutbox();
        PumpSoon();
    }

    private void Tell()
    {
        _toldVersion = Record.View.Version;
        var body = new TradeChanged { View = Record.View }.ToByteString();
        foreach (var side in Record.View.Sides)
        {
            var push = new PendingPush
            {
                MessageId = $"trade/{Id:x}/{Record.View.Version}",
                Op = ChangedOp,
                Body = body
            };
            Record.Outbox.Add(new TradePush { Player = (long)side.Player, Push = push });
        }
    }

    private async Task PostOutbox()
    {
        try
        {
            foreach (var (player, push) in Record.Outbox.Select(each => (each.Player, each.Push)))
            {
                var other = (long)Record.View.Sides.First(side => side.Player != (ulong)player).Player;
                await GrainFactory.GetGrain<IMailboxGrain>(player).PostFrom(
                    other, push.MessageId, push.Op, push.Body.ToByteArray(), PostKind.Change);
            }
        }
        catch (Exception e)
        {
            throw Unclear(e);
        }

        Record.Outbox.Clear();
        _toldVersion = Record.View?.Version ?? 0;
    }

    private void PumpSoon()
    {
        if (!TradeRules.Exists(Record) || TradeRules.IsOver(Record))
            return;
        var due = _saved.Count > 0 ? TimeSpan.Zero : PumpEvery;
        if (_pump is not null)
        {
            if (!_pumping)
                _pump.Change(due, PumpEvery);
            return;
        }

        _pump = this.RegisterGrainTimer(StartPump, new GrainTimerCreationOptions
        {
            DueTime = due,
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
            // Requests to itself: they take their turns among the others, and have the state to themselves.
            if (_saved.Count == 0)
                await this.AsReference<ITradeGrain>().LookAtTime();
            while (_saved.Count > 0)
                await Task.WhenAll(_saved.Select(Carry));
            if (!TradeRules.IsOver(Record))
                return;
            _pump?.Dispose();
            _pump = null;
        }
        catch (Exception e)
        {
            // The next tick repeats what was not answered.
            LogStepOpen(e, Id);
        }
        finally
        {
            _pumping = false;
        }
    }

    private async Task Carry(TradeStep step)
    {
        var transfer = new ValueTransfer(
            step.Id, step.Value.ToByteArray(), step.Reason, step.Other, [], MustTake: !step.Takes);
        var receiver = GrainFactory.GetValueReceiver(ValueReceivers.Player, step.Player);
        var answer = step.Takes
            ? await GrainFactory.GetGrain<IValueHolder>(step.Player).Take(transfer)
            : await receiver.Receive(transfer);
        await this.AsReference<ITradeGrain>().Settle(step.Id, answer.Error, step.Takes ? answer.Reply : null);
        receiver.Forget([step.Id]).Ignore();
    }

    private async Task KeepReminder()
    {
        try
        {
            await this.RegisterOrUpdateReminder(WakeReminder, WakeEvery, WakeEvery);
        }
        catch (Exception e)
        {
            throw Unclear(e);
        }
    }

    /// <summary>This activation ends, and the next one loads what is true.</summary>
    private OutcomeUnknownException Unclear(Exception e)
    {
        _saved = [];
        DeactivateOnIdle();
        return new OutcomeUnknownException($"Trade {Id:x} was not saved, or not told.", e);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The exchange of trade {TradeId} is still open")]
    private partial void LogStepOpen(Exception exception, long tradeId);
}
