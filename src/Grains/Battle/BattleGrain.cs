using GameBackend.Game;
using GameBackend.Grains.Lanes;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace GameBackend.Grains.Battle;

/// <summary>
/// A battle. This file is its doors; nothing here waits for another grain, and nothing but the opening for storage.
/// </summary>
[GrainType("battle"), Role(Roles.Battle), Immovable]
public sealed partial class BattleGrain(
    [PersistentState("battle", "Default")] IPersistentState<BattleRecord> storage,
    Catalogue catalogue,
    ILogStore logs,
    TimeProvider time,
    BattleServices services,
    ILogger<BattleGrain> logger) : Grain, IBattleGrain, IRemindable
{
    /// <summary>More than the known fields of an input can take.</summary>
    private const int MaxInputBytes = 64;

    private BattleRoom? _room;
    private BattleAudience _audience = null!;
    private BattleInfo _info = null!;

    private BattleRecord Record => storage.State;

    private BattleOptions Options => services.Options.Value;

    private BattleMetrics Metrics => services.Metrics;

    private long Id => this.GetPrimaryKeyLong();

    private bool Exists => Record.Setup is not null;

    private bool IsOver => Record.Result is not null;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Of a clock that never goes back.</summary>
    private long NowUs => (long)time.GetElapsedTime(0).TotalMicroseconds;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _log = $"battle/{Id:x}";
        if (!Exists)
            return;
        if (IsOver)
        {
            SettleSoon();
            return;
        }

        if (await Restore())
            Start();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        await Stop();

    public async Task Open(BattleOrder order)
    {
        if (Exists)
            return;
        var setup = SetupOf(order);
        var room = new BattleRoom(catalogue, setup);
        await Begin(setup, order);
        _room = room;
        Start();
    }

    public Task<Outcome> Join(long player, ulong epoch) =>
        Task.FromResult(Enter(player, epoch, out var fighter) is { } no
        ? Outcome.Refused(no)
        : Outcome.Of(new JoinBattleReply
        {
            Info = _info,
            Fighter = (uint)fighter,
            Baseline = BattleSnapshot.Parser.ParseFrom(_room!.Baseline(_room.SideOf(fighter)).Span),
        }));

    public Task<bool> Attend(BattleAttendance attendance)
    {
        if (_room is not null)
            _audience.Attend(attendance, NowMs);
        else
            NotHere();
        return Task.FromResult(_room is not null);
    }

    public Task Drop(long player, ulong epoch)
    {
        if (_room is not null && _room.FighterOf((ulong)player) is >= 0 and var fighter)
            _audience.Gone(fighter, epoch);
        return Task.CompletedTask;
    }

    public Task<InputAnswer[]> Submit(PlayerInput[] inputs)
    {
        var answers = new InputAnswer[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
            answers[i] = Submit(inputs[i]);
        return Task.FromResult(answers);
    }

    public Task<Outcome> Leave(long player, ulong epoch)
    {
        if (Enter(player, epoch, out var fighter) is { } no)
            return Task.FromResult(Outcome.Refused(no));
        _room!.Leave(fighter);
        return Task.FromResult(Outcome.Done);
    }

    public Task<Outcome> VoteSurrender(long player, ulong epoch, bool forIt)
    {
        if (Enter(player, epoch, out var fighter) is { } no)
            return Task.FromResult(Outcome.Refused(no));
        var early = (int)_info.SurrenderFromTick - _room!.Tick;
        if (early > 0)
        {
            var retryAfterMs = (uint)(early * 1000 / _room.TicksPerSecond);
            return Task.FromResult(Outcome.Refused(GameError.BattleVoteEarly, retryAfterMs));
        }

        _room.VoteSurrender(fighter, forIt);
        return Task.FromResult(Outcome.Done);
    }

    public Task<Outcome> Watch(long player)
    {
        if (_room is null)
            return Task.FromResult(Outcome.Refused(NotHere()));
        // Who fights sees what its side sees.
        if (_room.FighterOf((ulong)player) is >= 0 and var fighter
            && _room.PresenceOf(fighter) != FighterPresence.Left)
            return Task.FromResult(Outcome.Refused(GameError.BattleNotIn));
        var reply = new WatchBattleReply { Info = _info, DelayMs = (uint)Options.WatchDelay.TotalMilliseconds };
        if (_watchers.Baseline is { } baseline)
            reply.Baseline = BattleSnapshot.Parser.ParseFrom(baseline);
        else
            reply.StartsInMs = (uint)(_watchers.TicksLeft(_room.Tick) * 1000 / _room.TicksPerSecond);
        return Task.FromResult(Outcome.Of(reply));
    }

    private BattleSetup SetupOf(BattleOrder order)
    {
        var rules = BattleRules.Of(catalogue, order.Mode);
        var setup = new BattleSetup
        {
            BattleId = (ulong)Id,
            Seed = (ulong)Random.Shared.NextInt64(),
            Mode = order.Mode,
            TicksPerSecond = (uint)rules.Mode.TicksPerSecond,
        };
        foreach (var entrant in order.Entrants)
        {
            setup.Seats.Add(new BattleSeat
            {
                PlayerId = (ulong)entrant.PlayerId,
                Name = entrant.Name,
                Side = (uint)entrant.Side,
                Role = entrant.Role,
                Stats = Stats.Parser.ParseFrom(entrant.Stats),
            });
        }

        setup.RulesHash = BattleRoom.RulesHash(catalogue, setup);
        setup.Rules = rules.ToBytes();
        return setup;
    }

    private GameError NotHere()
    {
        if (Exists)
            return GameError.BattleOver;
        // Asking for battles that do not exist must not fill the memory.
        DeactivateOnIdle();
        return GameError.BattleNotFound;
    }

    /// <summary>Why a player cannot be let in; null if the player can.</summary>
    private GameError? Enter(long player, ulong epoch, out int fighter)
    {
        fighter = -1;
        if (_room is null || _room.Ended)
            return NotHere();
        fighter = _room.FighterOf((ulong)player);
        if (fighter < 0 || _room.PresenceOf(fighter) == FighterPresence.Left)
            return GameError.BattleNotIn;
        if (!_audience.Enter(fighter, epoch, NowMs))
            return GameError.SessionReplaced;
        if (_room.PresenceOf(fighter) == FighterPresence.Dropped)
            _room.Return(fighter);
        return null;
    }

    private InputAnswer Submit(in PlayerInput sent)
    {
        if (_room is null)
            return new InputAnswer(NotHere(), InputRefusal.Out, 0);
        var fighter = _room.FighterOf((ulong)sent.Player);
        if (fighter < 0)
            return new InputAnswer(GameError.BattleNotIn, InputRefusal.Out, 0);
        if (!_audience.IsCurrent(fighter, sent.Epoch))
            return new InputAnswer(GameError.SessionReplaced, InputRefusal.Out, 0);
        if (sent.Body.Length > MaxInputBytes)
            return new InputAnswer(GameError.InvalidArgument, InputRefusal.Range, (uint)_room.Tick);
        InputRefusal refusal;
        try
        {
            refusal = _room.Submit(fighter, ClientInput.Parse<BattleInput>(sent.Body));
        }
        catch (InvalidProtocolBufferException)
        {
            return new InputAnswer(GameError.InvalidArgument, InputRefusal.Range, (uint)_room.Tick);
        }

        if (refusal != InputRefusal.None)
            Metrics.Refused.Add(1);
        return new InputAnswer(GameError.Ok, refusal, (uint)_room.Tick);
    }
}

/// <summary>What a battle needs besides its storage.</summary>
public sealed record BattleServices(IOptions<BattleOptions> Options, BattleMetrics Metrics, LaneAdapter Lanes,
    BattlePacer Pacer);
