using GameBackend.Game;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Player;

/// <summary>
/// A player: session, profile, wallet, bag, pets and equipment in one record with one write. This file is what the
/// features share: decide by the rules, commit, push.
/// </summary>
[GrainType("player"), Role(Roles.Player)]
public sealed partial class PlayerGrain(
    [PersistentState("player", "Default")] IPersistentState<PlayerRecord> storage,
    Catalogue catalogue,
    ILogStore logs,
    TimeProvider time,
    IOptions<PlayerOptions> options,
    ILogger<PlayerGrain> logger)
    : Grain, IPlayerSession, IPlayerProfile, IPlayerBag, IPlayerPets, IPlayerEquipment, IPlayerTeam, IPlayerChat,
    IPlayerFriends, IPlayerPresence, IPlayerLetters, IPlayerTrade, IPlayerGuild, IPlayerMatch,
    IPlayerBoards, IPlayerBattles, IValueReceiver, IValueHolder, IRemindable
{
    private static readonly uint PlayerChangedOp = Opcodes.OfPush<PlayerChanged>().Op;
    private static readonly byte[] NoReply = [];

    /// <summary>
    /// In items. A mailbox knows the ids of more than this, see <see cref="LogStoreOptions.MessageIdsKept"/>.
    /// </summary>
    private const ulong SettleOutboxAfter = 64;

    /// <summary>How far the mailbox reaches for certain: no push of this player's own changes lies beyond.</summary>
    private ulong _postedSeq;

    /// <summary>The last write. While it is under way, memory runs ahead of storage.</summary>
    private Task _saving = Task.CompletedTask;

    /// <summary>Where the last push of the saved outbox lies in the mailbox; 0 if the saved outbox is empty.</summary>
    private ulong _outboxSeq;

    private long PlayerId => this.GetPrimaryKeyLong();

    private PlayerRecord Record => storage.State;

    private PlayerState State => storage.State.Player;

    private IMailboxGrain Mailbox => GrainFactory.GetGrain<IMailboxGrain>(PlayerId);

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private delegate Decision Rule(PlayerState state, Catalogue catalogue, Act act);

    /// <summary>Loads the player, and brings to an end what a crash has cut off.</summary>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Record.Player ??= new PlayerState();
        Record.Session ??= new SessionState();
        await PostOutbox(PostKind.Change);
        await TrySettleName();
        await TakeOtherKeys();
        await OnSessionActivate();
    }

    /// <summary>
    /// A write: takes effect once for a request id, in one commit with its recorded answer and its push.
    /// </summary>
    private async Task<Outcome> Change<TRequest>(Caller caller, Rule rule, bool creates = false)
        where TRequest : IMessage<TRequest>
    {
        if (Admit(caller, creates) is { } refused)
            return refused;

        var decision = rule(State, catalogue, ActOf(caller));
        if (!decision.Ok)
            return await Refuse(caller, Outcome.Refused(decision.Error));
        Remember<TRequest>(caller, ByteString.Empty);
        Tell(decision);
        await Commit();
        var pushes = await PostOutbox(PostKind.ChangeWithReply);
        await ArchiveLedger();
        return new Outcome(GameError.Ok, NoReply, pushes, _postedSeq);
    }

    private void Remember<TRequest>(Caller caller, ByteString reply, GameError error = GameError.Ok)
        where TRequest : IMessage<TRequest> => AnswerRules.Remember(
            Record, caller.RequestId, Opcodes.Of<TRequest>().Op, caller.BodyHash, reply, error);

    /// <summary>
    /// Refuses a write by what the record says, or the grain that keeps its answer. If an earlier try of it came to no
    /// clear end, the refusal is recorded, so that this try cannot be overtaken by that one, which may still be under
    /// way.
    /// </summary>
    private async Task<Outcome> Refuse(Caller caller, Outcome refusal)
    {
        if (!caller.Again || caller.RequestId == 0 || refusal.Error == GameError.RequestIdReused)
            return refusal;
        AnswerRules.Remember(
            Record, caller.RequestId, caller.Op, caller.BodyHash, ByteString.Empty, refusal.Error);
        await Commit();
        return refusal with { Settled = true };
    }

    /// <summary>Puts a decided change into the outbox, to be saved with it.</summary>
    private void Tell(Decision decision)
    {
        if (!decision.Ok)
            return;
        Record.Outbox.Add(new PendingPush
        {
            MessageId = $"player/{decision.Change.Version}",
            Op = PlayerChangedOp,
            Body = decision.Change.ToByteString(),
        });
    }

    /// <summary>
    /// Names an act for the ledger. Notifications have no id of their own and are told apart by the version.
    /// </summary>
    private Act ActOf(Caller caller) => new(
        caller.RequestId != 0
            ? $"{caller.SessionId:x}/{caller.RequestId}"
            : $"{caller.SessionId:x}/v{State.Version + 1}",
        NowMs);

    /// <summary>Why a read does not run: nothing but the newest connection may ask. Null if it may.</summary>
    private GameError? RefuseRead(Caller caller) =>
        !SessionRules.IsCurrent(Record, caller.Epoch) ? GameError.SessionReplaced
        : IsReused(caller) ? GameError.RequestIdReused
        : !PlayerRules.Exists(State) ? GameError.PlayerMissing
        : null;

    /// <summary>Why a write does not run now: it is fenced, or has been answered before. Null if it may run.</summary>
    private Outcome? Admit(Caller caller, bool creates = false)
    {
        if (!SessionRules.IsCurrent(Record, caller.Epoch))
            return Outcome.Refused(GameError.SessionReplaced);
        if (IsReused(caller))
            return Outcome.Refused(GameError.RequestIdReused);
        if (caller.RequestId != 0)
        {
            if (AnswerRules.Find(Record, caller.RequestId) is { } answer)
                return new Outcome(answer.Error, answer.Reply.ToByteArray(), null, _postedSeq, Settled: true);
            if (AnswerRules.IsTooOld(Record, caller.RequestId))
                return Outcome.Refused(GameError.RequestTooOld);
        }

        if (PlayerRules.Exists(State) == creates)
            return Outcome.Refused(creates ? GameError.PlayerExists : GameError.PlayerMissing) with { Settled = true };
        return null;
    }

    /// <summary>Whether the request's id belongs to another one, which was done or has begun.</summary>
    private bool IsReused(Caller caller)
    {
        if (caller.RequestId == 0)
            return false;
        if (AnswerRules.Find(Record, caller.RequestId) is { } answer)
            return !AnswerRules.IsSame(answer.Op, answer.BodyHash, caller.Op, caller.BodyHash);
        return FindTransfer(caller) is { } begun
            && !AnswerRules.IsSame(begun.Op, begun.BodyHash, caller.Op, caller.BodyHash);
    }

    /// <summary>
    /// Saves the record. Memory never runs ahead of storage: after a write that failed, or may have, this activation
    /// ends and the next one loads what is true.
    /// </summary>
    private async Task Commit()
    {
        var saving = _saving = Save();
        await saving;
        // A task that is done would keep all that the write has used, for as long as the player is idle.
        if (_saving == saving)
            _saving = Task.CompletedTask;
    }

    private async Task Save()
    {
        try
        {
            await storage.WriteStateAsync();
            _outboxSeq = 0;
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"Player {PlayerId} was not saved.", e);
        }
    }

    /// <summary>
    /// Puts committed pushes into the mailbox. The outbox is saved with the state and emptied in memory only: a push
    /// that is posted again, after a crash, is known by its id.
    /// </summary>
    private async Task<MailboxItem[]> PostOutbox(PostKind kind)
    {
        if (Record.Outbox.Count == 0)
            return [];
        try
        {
            var items = new MailboxItem[Record.Outbox.Count];
            for (var i = 0; i < items.Length; i++)
            {
                var push = Record.Outbox[i];
                items[i] = (await Mailbox.Post(push.MessageId, push.Op, push.Body.ToByteArray(), kind))!;
                _outboxSeq = items[i].Seq;
            }

            _postedSeq = Math.Max(_postedSeq, _outboxSeq);
            Record.Outbox.Clear();
            return items;
        }
        catch (Exception e)
        {
            // The change is saved, and its push is in the saved outbox: the next activation posts it first of all.
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"A change of player {PlayerId} is saved and not told yet.", e);
        }
    }

    /// <summary>
    /// Saves the empty outbox before the mailbox can have forgotten the ids of what was in the saved one. Needed by a
    /// player who changes nothing and gets much mail; anybody else's next change does it.
    /// </summary>
    private async Task SettleOutbox(ulong head)
    {
        if (_outboxSeq != 0 && head > _outboxSeq + SettleOutboxAfter)
            await Commit();
    }
}
