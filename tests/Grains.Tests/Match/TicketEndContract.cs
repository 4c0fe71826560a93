using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Match;

[Collection(nameof(RedisGame))]
public sealed class TicketEndsOnRedisTests(RedisGame game) : TicketEndContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class TicketEndsOnEmbeddedStoreTests(EmbeddedGame game) : TicketEndContract(game);

/// <summary>However a team's ticket ends: who is told, and who carries the penalty.</summary>
public abstract class TicketEndContract(GameHost game)
{
    [Theory]
    [InlineData("kick")]
    [InlineData("leave")]
    [InlineData("leader leaves")]
    [InlineData("cancel")]
    [InlineData("leader cancels")]
    [InlineData("session ends")]
    [InlineData("new log-in")]
    [InlineData("ban")]
    [InlineData("newcomer")]
    public async Task All_who_were_in_a_ticket_are_told_that_it_waits_no_more(string how)
    {
        var (team, id) = await MatchPlay.Team(game, 3);
        await team[0].Waits("5v5", "asia-east");
        foreach (var mate in team[1..])
            await Told(mate, status => status.Mode == "5v5");
        await End(how, team, id);
        foreach (var player in team)
            await Told(player, status => status.Mode.Length == 0);
    }

    [Theory]
    [InlineData("append:match/ffa8/asia")]
    [InlineData("append:mailbox/{ann}")]
    [InlineData("write:membership/{ann}")]
    public async Task All_are_told_whatever_breaks_meanwhile(string point)
    {
        var ann = await TestPlayer.Playing(game);
        await ann.Waits("ffa8", "asia-east");
        game.Faults.Arm(point.Replace("{ann}", $"{ann.Id}"), Fault.Before);
        await Wait.UntilClear(() => ann.Match().CancelMatch(ann.Next()));
        Assert.True(game.Faults.Dealt(point.Replace("{ann}", $"{ann.Id}")));
        await Told(ann, status => status.Mode.Length == 0);
        await Wait.Until(async () => (await ann.Groups()).Battle == 0, "the player is free");
    }

    [Theory]
    [InlineData("kick", 0)]
    [InlineData("leave", 1)]
    [InlineData("leader leaves", 0)]
    [InlineData("session ends", 1)]
    [InlineData("ban", 1)]
    [InlineData("decline", 1)]
    public async Task Who_ends_a_ready_check_carries_the_penalty_and_nobody_else(string how, int cause)
    {
        var (team, id) = await MatchPlay.Team(game, 3);
        var others = await MatchPlay.Players(game, 3);
        await team[0].Waits("3v3", "asia-east");
        foreach (var other in others)
            await other.Waits("3v3", "asia-east");
        var match = await MatchPlay.Asked([.. team, .. others]);
        foreach (var player in team[..2].Concat(others))
            Assert.Equal(GameError.Ok, await player.Answers(match, true));
        if (how == "decline")
            await team[1].Answers(match, false);
        else
            await End(how, team, id);

        foreach (var player in team.Concat(others))
        {
            var ended = await player.Ended(match);
            Assert.Equal((false, others.Contains(player)), (ended.IsOn, ended.Waiting));
            var penalised = player == team[cause];
            Assert.Equal(penalised, ended.PenaltyUntilMs > 0);
            Assert.Equal(penalised, (await player.Groups()).PenaltyUntilMs > 0);
        }

        foreach (var player in team)
            await Told(player, status => status.Mode.Length == 0);
        foreach (var other in others)
            await other.Match().CancelMatch(other.Next());
    }

    private async Task End(string how, TestPlayer[] team, long id)
    {
        var (leader, mate) = (team[0], team[1]);
        switch (how)
        {
            case "kick":
                Assert.Equal(GameError.Ok, (await Of(leader).KickFromTeam(leader.Next(), id, mate.Id)).Error);
                break;
            case "leave":
                Assert.Equal(GameError.Ok, (await Of(mate).LeaveTeam(mate.Next(), id)).Error);
                break;
            case "leader leaves":
                Assert.Equal(GameError.Ok, (await Of(leader).LeaveTeam(leader.Next(), id)).Error);
                break;
            case "cancel":
                Assert.Equal(GameError.Ok, (await mate.Match().CancelMatch(mate.Next())).Error);
                break;
            case "leader cancels":
                Assert.Equal(GameError.Ok, (await leader.Match().CancelMatch(leader.Next())).Error);
                break;
            case "session ends":
                await mate.Session.Leave(mate.Epoch, 0);
                break;
            case "new log-in":
                await mate.Login();
                break;
            case "ban":
                await mate.Session.Kick(1, GoodbyeReason.Banned, "");
                break;
            default:
                await (await TestPlayer.Playing(game)).Joins(id);
                break;
        }
    }

    private IPlayerTeam Of(TestPlayer player) => game.Client.GetGrain<IPlayerTeam>(player.Id);

    /// <summary>By a push that stays until the player has it.</summary>
    private static Task Told(TestPlayer player, Func<MatchStatus, bool> which) => Wait.Until(
        async () => (await player.Pushes<MatchStatus>()).Any(which), $"{player.Name} is told");
}
