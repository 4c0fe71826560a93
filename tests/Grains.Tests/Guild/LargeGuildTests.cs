using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Guild;

/// <summary>What a command costs in a guild of the largest size.</summary>
[Collection(nameof(EmbeddedGame))]
public sealed class LargeGuildTests(EmbeddedGame game)
{
    private const int Members = 200;
    private const int Online = 12;

    [Fact]
    public async Task A_command_in_a_guild_of_200_costs_one_write_and_a_push_for_each_who_is_online()
    {
        var online = await GuildPlay.Players(game, Online);
        var (id, others) = await Store(online);
        foreach (var player in online)
            await player.Membership().Claim(MembershipKind.Guild, id);
        await Wait.Until(
            async () => (await online[0].FetchGuild()).Members.Count(
                member => member.Status == GuildMemberStatus.Online) == Online, "all are known");
        await Told(online, (await online[0].FetchGuild()).Version);

        var writes = game.Faults.Count($"write:guild/{id}");
        foreach (var player in online)
        {
            Assert.Equal(GameError.Ok, (await player.Donate(100)).Error);
        }

        var view = await online[0].FetchGuild();
        await Told(online, view.Version);
        Assert.Equal(Online, game.Faults.Count($"write:guild/{id}") - writes);
        Assert.Equal(Online * 100, view.Funds.Given);
        foreach (var player in online)
        {
            var versions = (await player.Pushes<GuildChanged>()).Select(change => change.Version).ToList();
            Assert.Equal(versions.Distinct(), versions);
            Assert.Equal(versions.Order(), versions);
        }

        Assert.All(others, offline => Assert.Equal(0, game.Faults.Count($"append:mailbox/{offline}")));

        // The largest thing that can happen to it: everybody is released.
        Assert.Equal(GameError.Ok, (await online[0].Disband((ulong)id)).Error);
        foreach (var player in online)
            await Wait.Until(async () => await player.GuildId() == 0, "everybody is released");
    }

    private static async Task Told(TestPlayer[] players, ulong version)
    {
        foreach (var player in players)
        {
            await Wait.Until(
                async () => version <= 1
                    || (await player.Pushes<GuildChanged>()).Any(change => change.Version == version),
                "everybody is told");
        }
    }

    private async Task<(long Id, long[] Others)> Store(TestPlayer[] online)
    {
        var id = Random.Shared.NextInt64(1, long.MaxValue);
        var (name, nowMs) = (GuildPlay.NewName(), game.World.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var state = new GuildState
        {
            Id = id,
            Version = 1,
            FoundedAtMs = nowMs,
            Level = 10,
            Profile = new GuildProfile { Name = name, Tag = "BIG", JoinMode = GuildJoinMode.Open },
        };
        var others = Enumerable.Range(0, Members - Online).Select(_ => Random.Shared.NextInt64(1, long.MaxValue))
            .ToArray();
        // Who is there is looked at in this order: once the last are known all are.
        foreach (var player in others.Concat(online.Select(player => player.Id)))
        {
            state.Members.Add(new GuildMemberState
            {
                Player = player,
                Name = $"p_{player}",
                Level = 1,
                Rank = player == online[0].Id ? GuildRank.Leader : GuildRank.Member,
                JoinedAtMs = nowMs,
            });
        }

        await game.Store("guild", game.Guild((ulong)id), new GuildRecord { Guild = state });
        return (id, others);
    }
}
