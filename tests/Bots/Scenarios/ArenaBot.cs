using System.Collections.Concurrent;
using System.Diagnostics;
using GameBackend.Client;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>One player of the arena: queues, answers, fights as long as battles last.</summary>
internal sealed class ArenaBot
{
    /// <summary>How long a battle may take to be over and counted: the longest mode, and a pause or two.</summary>
    private static readonly TimeSpan BattlePatience = TimeSpan.FromSeconds(400);

    /// <summary>From when on the weaker side wants to give up, so that a run is over in time.</summary>
    private readonly TimeSpan _fightFor;
    private static readonly TimeSpan InputEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(1000);

    // What may happen to a bot that asks a little late, or whose team mate was faster.
    private static readonly GameError[] Usual =
    [
        GameError.MatchAlreadyQueued, GameError.MatchNotQueued, GameError.MatchNoReadyCheck, GameError.MatchPenalty,
        GameError.MatchMatePenalty, GameError.TeamPlayerOffline, GameError.BattleOver, GameError.BattleNotIn,
        GameError.BattleVoteEarly, GameError.SessionReplaced,
    ];

    private readonly ArenaAudit _audit;
    private readonly ConcurrentDictionary<ulong, BattleHistoryEntry> _settled = [];
    private readonly SemaphoreSlim _news = new(0);

    public ArenaBot(Bot bot, ArenaAudit audit)
    {
        Bot = bot;
        _audit = audit;
        _fightFor = TimeSpan.FromSeconds(bot.Random.Next(35, 100));
        bot.OnPush = Learn;
    }

    public Bot Bot { get; }

    /// <summary>What to queue for; empty if somebody else queues for the team.</summary>
    public string Mode { get; set; } = "1v1";

    /// <summary>What has been told of battles that are over.</summary>
    public IReadOnlyDictionary<ulong, BattleHistoryEntry> Settled => _settled;

    private Random Random => Bot.Random;

    public async Task Play()
    {
        while (Bot.Run.MakesLoad || await IsBusy())
        {
            var status = await Bot.Get("match status", client => client.Match.GetStatus());
            if (status is not { BattleId: not 0 } || !await Fight(status.BattleId))
                await Wait(status);
        }

        if (!await BotRun.Until(() => Bot.IsOnline, BotRun.Patience))
            Bot.Report.Fail($"{Bot.Name} was not online again within {BotRun.Patience.TotalSeconds} s.");
    }

    /// <summary>When the load is over, ends waiting; a battle, or a check that may become one, goes on.</summary>
    private async Task<bool> IsBusy()
    {
        await Do("cancel", client => client.Match.Cancel());
        return await Bot.Get("match status", client => client.Match.GetStatus()) is not { } status
            || status.BattleId != 0 || status.Check is not null || status.Status is { Mode.Length: > 0 };
    }

    private async Task Wait(GetMatchStatusReply? status)
    {
        if (status?.Check is { } check && !status.Ready)
        {
            var ready = Random.Next(40) > 0;
            if (!ready)
                Bot.Report.CountEvent("declined");
            await Do("answer ready", client => client.Match.AnswerReady(check.MatchId, ready));
        }
        else if (status is { Status: null, Check: null, BattleId: 0 } && Mode.Length > 0 && Bot.Run.MakesLoad)
        {
            await Do("queue", client => client.Match.Queue(Mode));
        }

        await _news.WaitAsync(LookEvery + TimeSpan.FromMilliseconds(Random.Next(200)));
    }

    /// <returns>False if there is no such battle to fight any more.</returns>
    private async Task<bool> Fight(ulong battle)
    {
        BattleView? joined = null;
        var (begin, patience) = (Stopwatch.GetTimestamp(), MachineTime.Now + BattlePatience);
        await Do("join", async client => joined = await BattleView.Join(client, battle));
        if (joined is null)
            return false;
        using var view = joined;
        Bot.Report.CountEvent("joined");
        _audit.Joins.AddSince(begin);
        var voted = false;
        while (!view.IsOver && !_settled.ContainsKey(battle))
        {
            await Task.Delay(InputEvery);
            view.Send(Decide(view));
            if (!voted && Stopwatch.GetElapsedTime(begin) > _fightFor && WantsOut(view))
            {
                voted = true;
                await Do("surrender", client => client.Battles.VoteSurrender(battle, true));
            }

            if (MachineTime.Now < patience)
                continue;
            Bot.Report.Fail($"{Bot.Name}: battle {battle} does not end.");
            return false;
        }

        _audit.Note(view);
        if (!await BotRun.Until(() => _settled.ContainsKey(battle), BotRun.Patience))
            Bot.Report.Fail($"{Bot.Name}: battle {battle} is over and was not counted.");
        return true;
    }

    /// <summary>Goes for the nearest enemy in sight, or the middle, and lets fly. Now and then it cheats.</summary>
    private BattleInput Decide(BattleView view) => view.Look(picture =>
    {
        var input = new BattleInput();
        if (Random.Next(100) == 0)
            (input.MoveX, input.AimX) = (5000, int.MaxValue);
        if (input.MoveX != 0 || !picture.Fighters.TryGetValue(view.Fighter, out var own))
            return input;
        var side = view.Info.Fighters[(int)view.Fighter].Side;
        var enemy = picture.Fighters.Values
            .Where(each => (each.Status & 1) != 0 && view.Info.Fighters[(int)each.Fighter].Side != side)
            .MinBy(each => Distance(own, each));
        var (dx, dy) = enemy is null
            ? (15_000 - (int)own.X + Random.Next(-8000, 8000), 15_000 - (int)own.Y + Random.Next(-8000, 8000))
            : ((int)enemy.X - (int)own.X, (int)enemy.Y - (int)own.Y);
        var length = Math.Max(1, Math.Max(Math.Abs(dx), Math.Abs(dy)));
        (input.MoveX, input.MoveY) = (dx * 100 / length, dy * 100 / length);
        if (enemy is null)
            return input;
        input.Action = Random.Next(4) == 0 ? (BattleAction)Random.Next(2, 6) : BattleAction.Attack;
        (input.AimX, input.AimY) = (dx, dy);
        return input;
    });

    private static bool WantsOut(BattleView view) => view.Look(picture =>
    {
        var side = view.Info.Fighters[(int)view.Fighter].Side;
        if (!picture.Sides.TryGetValue(side, out var own))
            return false;
        var best = picture.Sides.Values.Max(each => each.Score);
        return own.Score < best || picture.Sides.Values.First(each => each.Score == best).Side == side;
    });

    private static long Distance(FighterSnapshot one, FighterSnapshot other)
    {
        var (dx, dy) = ((long)one.X - other.X, (long)one.Y - other.Y);
        return (dx * dx) + (dy * dy);
    }

    private void Learn(Push push)
    {
        if (push.Message is BattleSettled settled && !_settled.TryAdd(settled.Entry.Result.BattleId, settled.Entry))
            Bot.Report.Duplicated($"{Bot.Name}: battle {settled.Entry.Result.BattleId} was counted twice.");
        if (push.Message is BattleSettled or ReadyCheckStarted or ReadyCheckEnded)
            _news.Release();
    }

    private Task<GameError?> Do(string what, Func<GameClient, Task> call) => Bot.Do(what, call, Usual);
}
