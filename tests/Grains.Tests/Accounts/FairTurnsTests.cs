namespace GameBackend.Grains.Tests.Accounts;

public sealed class FairTurnsTests
{
    [Fact]
    public async Task Who_asks_once_waits_for_one_turn_of_who_asks_often()
    {
        var turns = new FairTurns(1, 100, 50);
        Assert.True(await turns.Enter("greedy"));
        var greedy = Enumerable.Range(0, 50).Select(_ => turns.Enter("greedy")).ToArray();
        var modest = turns.Enter("modest");

        turns.Leave();
        Assert.True(greedy[0].IsCompleted);
        Assert.False(modest.IsCompleted);
        turns.Leave();
        Assert.True(await modest);
        Assert.False(greedy[1].IsCompleted);
        turns.Leave();
        Assert.True(await greedy[1]);
    }

    [Fact]
    public async Task A_client_waits_only_so_many_times()
    {
        var turns = new FairTurns(1, 100, 2);
        await turns.Enter("one");
        Task<bool>[] waiting = [turns.Enter("one"), turns.Enter("one")];

        Assert.False(await turns.Enter("one"));
        Assert.False(turns.Enter("two").IsCompleted);
        Assert.All(waiting, each => Assert.False(each.IsCompleted));
    }

    [Fact]
    public async Task A_full_line_makes_room_for_who_waits_less()
    {
        var turns = new FairTurns(1, 4, 4);
        await turns.Enter("greedy");
        var greedy = Enumerable.Range(0, 4).Select(_ => turns.Enter("greedy")).ToArray();

        var modest = turns.Enter("modest");

        Assert.False(await greedy[3]);
        Assert.False(modest.IsCompleted);
        var other = turns.Enter("other");
        Assert.False(await greedy[2]);
        // Nobody waits more often than this one would, so nobody makes room for it.
        Assert.False(await turns.Enter("modest"));
        Assert.False(await turns.Enter("greedy"));
        for (var turn = 0; turn < 4; turn++)
            turns.Leave();
        Assert.True(await modest && await other && await greedy[0] && await greedy[1]);
    }

    [Fact]
    public async Task When_all_have_left_there_are_turns_for_all_again()
    {
        var turns = new FairTurns(2, 8, 8);
        Task<bool>[] all = [.. Enumerable.Range(0, 10).Select(each => turns.Enter($"{each % 3}"))];
        Assert.Equal(2, all.Count(each => each.IsCompleted));
        foreach (var _ in all)
            turns.Leave();
        Assert.All(await Task.WhenAll(all), Assert.True);

        Assert.True(turns.Enter("a").IsCompleted && turns.Enter("b").IsCompleted);
        Assert.False(turns.Enter("c").IsCompleted);
    }
}
