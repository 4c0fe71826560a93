using System.Collections.Concurrent;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Match;

/// <summary>Stands for battles: notes what it was asked to open, and fails if it is told to.</summary>
[GrainType("battle")]
public sealed class RecordingBattleGrain : Grain, IBattleGrain
{
    public static ConcurrentDictionary<long, BattleOrder> Opened { get; } = new();

    public static ConcurrentDictionary<long, int> Calls { get; } = new();

    private static int s_failures;

    /// <summary>The next calls fail, after they have taken effect.</summary>
    public static void Fail(int times) => Interlocked.Exchange(ref s_failures, times);

    public Task Open(BattleOrder order)
    {
        Calls.AddOrUpdate(this.GetPrimaryKeyLong(), 1, (_, calls) => calls + 1);
        Opened.TryAdd(this.GetPrimaryKeyLong(), order);
        return Interlocked.Decrement(ref s_failures) >= 0
            ? throw new OutcomeUnknownException("The battle was not saved.", new IOException())
            : Task.CompletedTask;
    }

    public Task<Outcome> Join(long player, ulong epoch) => throw new NotSupportedException();

    public Task<bool> Attend(BattleAttendance attendance) => throw new NotSupportedException();

    public Task Drop(long player, ulong epoch) => throw new NotSupportedException();

    public Task<InputAnswer[]> Submit(PlayerInput[] inputs) => throw new NotSupportedException();

    public Task<Outcome> Leave(long player, ulong epoch) => throw new NotSupportedException();

    public Task<Outcome> VoteSurrender(long player, ulong epoch, bool forIt) => throw new NotSupportedException();

    public Task<Outcome> Watch(long player) => throw new NotSupportedException();

    public Task<Outcome> ReadReplay(uint page) => throw new NotSupportedException();

    public Task Settled(long[] players) => throw new NotSupportedException();
}
