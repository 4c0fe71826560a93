using GameBackend.Game;
using GameBackend.Grains.Values;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Trade;

/// <summary>A trade of two players. This file is what they ask for; nothing here waits for their grains.</summary>
[GrainType(ValueReceivers.Trade), Role(Roles.Social)]
public sealed partial class TradeGrain(
    [PersistentState("trade", "Default")] IPersistentState<TradeRecord> storage,
    TimeProvider time,
    IOptions<ValueOptions> options,
    ILogger<TradeGrain> logger) : Grain, ITradeGrain, IRemindable
{
    private static readonly uint ChangedOp = Opcodes.OfPush<TradeChanged>().Op;

    private TradeRecord Record => storage.State;

    private long Id => this.GetPrimaryKeyLong();

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _saved = TradeRules.Steps(Record);
        await PostOutbox();
        PumpSoon();
    }

    /// <summary>The next activation goes on with what is open.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _saved = [];
        return Task.CompletedTask;
    }

    public async Task<Outcome> Open(string key, TradeParty from, TradeParty to)
    {
        if (TradeRules.Exists(Record))
            return await Change(key, from.Player, () => GameError.TradeState, view =>
                new OpenTradeReply { View = view });
        if (!await GrainFactory.GetGrain<IMailboxGrain>(to.Player).HasRoomFor(from.Player, PostKind.Change))
            return Refused(GameError.MailboxFull);
        await KeepReminder();
        return await Change(
            key,
            from.Player,
            () =>
            {
                TradeRules.Open(Record, Id, Side(from), Side(to), NowMs);
                return GameError.Ok;
            },
            view => new OpenTradeReply { View = view });
    }

    public Task<Outcome> Accept(string key, long player) => Change(
        key, player, () => TradeRules.Accept(Record, player, NowMs), view => new AcceptTradeReply { View = view });

    public Task<Outcome> Offer(string key, long player, byte[] value) => Change(
        key,
        player,
        () => TradeRules.Offer(Record, player, Value.Parser.ParseFrom(value)),
        view => new OfferTradeReply { View = view });

    public Task<Outcome> Lock(string key, long player, uint revision) => Change(
        key, player, () => TradeRules.Lock(Record, player, revision), view => new LockTradeReply { View = view });

    public Task<Outcome> Confirm(string key, long player, uint revision) => Change(
        key, player, () => TradeRules.Confirm(Record, player, revision), view => new ConfirmTradeReply { View = view });

    public Task<Outcome> Cancel(string key, long player) => Change(
        key,
        player,
        () => TradeRules.Cancel(Record, player, TradeEnd.Cancelled, NowMs),
        view => new CancelTradeReply { View = view });

    public async Task<bool> Withdraw(long player)
    {
        await LookAtTime();
        if (TradeRules.Withdraw(Record, player, NowMs))
            await Commit();
        ForgetIfUnknown();
        return TradeRules.IsOver(Record);
    }

    public async Task<Outcome> Get(long player)
    {
        await LookAtTime();
        return IsPartOf(player) ? Outcome.Of(Record.View) : Refused(GameError.TradeNotFound);
    }

    public async Task<TradeStake> GetStake(long player)
    {
        await LookAtTime();
        if (!IsPartOf(player))
        {
            ForgetIfUnknown();
            return new TradeStake(false, false, []);
        }

        return new TradeStake(
            !TradeRules.IsOver(Record),
            Record.View.Stage == TradeStage.Exchanging,
            TradeRules.Held(Record, player)?.ToByteArray() ?? []);
    }

    public async Task Lost(long player)
    {
        if (TradeRules.Cancel(Record, player, TradeEnd.Left, NowMs) == GameError.Ok)
            await Commit();
        ForgetIfUnknown();
    }

    public async Task LookAtTime()
    {
        if (TradeRules.Expire(Record, NowMs))
            await Commit();
    }

    private async Task<Outcome> Change(
        string key, long player, Func<GameError> change, Func<TradeView, IMessage> reply)
    {
        if (KeyedAnswerRules.Find(Record.Answers, player, key) is { } known)
        {
            return KeyedAnswerRules.IsReused(known, key)
                ? Outcome.Refused(GameError.RequestIdReused)
                : new Outcome(GameError.Ok, known.Reply.ToByteArray());
        }

        if (TradeRules.Expire(Record, NowMs))
            await Commit();

        var before = Record.View?.Version ?? 0;
        var error = change();
        if (error != GameError.Ok)
            return Refused(error);
        var answer = reply(Record.View!);
        if (Record.View!.Version != before)
        {
            KeyedAnswerRules.Remember(Record.Answers, player, key, answer.ToByteString(), NowMs);
            await Commit();
        }

        return Outcome.Of(answer);
    }

    private Outcome Refused(GameError error)
    {
        ForgetIfUnknown();
        return Outcome.Refused(error);
    }

    /// <summary>Asking for trades that do not exist must not fill the memory.</summary>
    private void ForgetIfUnknown()
    {
        if (!TradeRules.Exists(Record))
            DeactivateOnIdle();
    }

    private bool IsPartOf(long player) =>
        TradeRules.Exists(Record) && Record.View.Sides.Any(side => side.Player == (ulong)player);

    private static TradeSide Side(TradeParty party) => new() { Player = (ulong)party.Player, Name = party.Name };
}
