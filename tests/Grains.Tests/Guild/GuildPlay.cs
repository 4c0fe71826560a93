using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Grains.Tests.Guild;

/// <summary>Players in guilds, as the gateway's routes drive them.</summary>
internal static class GuildPlay
{
    public const long Fee = 1000;

    public static string NewName() => $"g {Random.Shared.NextInt64(1, 10_000_000_000_000)}";

    public static string NewTag() =>
        string.Concat(Enumerable.Range(0, 5).Select(_ => (char)('a' + Random.Shared.Next(26))));

    public static IPlayerGuild Guilds(this TestPlayer player) => player.Game.Client.GetGrain<IPlayerGuild>(player.Id);

    public static IGuildGrain Guild(this GameHost game, ulong guild) => game.Client.GetGrain<IGuildGrain>((long)guild);

    public static IMembershipGrain Membership(this TestPlayer player) =>
        player.Game.Client.GetGrain<IMembershipGrain>(player.Id);

    public static async Task<ulong> GuildId(this TestPlayer player) => (ulong)(await player.Membership().Get()).Guild;

    public static Task<Outcome> Create(
        this TestPlayer player, string name, string tag, GuildJoinMode mode = GuildJoinMode.Open,
        Caller? caller = null) =>
        player.Guilds().CreateGuild(
            caller ?? player.Next(), new CreateGuildRequest { Name = name, Tag = tag, JoinMode = mode }.ToByteArray());

    /// <summary>Founds a guild that must come to be.</summary>
    public static async Task<ulong> Found(this TestPlayer player, GuildJoinMode mode = GuildJoinMode.Open)
    {
        var outcome = await player.Create(NewName(), NewTag(), mode);
        Assert.Equal(GameError.Ok, outcome.Error);
        return CreateGuildReply.Parser.ParseFrom(outcome.Reply).GuildId;
    }

    /// <summary>A command to the player's own guild.</summary>
    public static Task<Outcome> Order<T>(this TestPlayer player, T request, long target = 0, Caller? caller = null)
        where T : IMessage<T> => player.Guilds().OrderGuild(
            caller ?? player.Next(), Opcodes.Of<T>().Op, request.ToByteArray(), target);

    /// <summary>A command to a guild that is named.</summary>
    public static Task<Outcome> Order<T>(this TestPlayer player, ulong guild, T request, Caller? caller = null)
        where T : IMessage<T> => player.Guilds().OrderNamedGuild(
            caller ?? player.Next(), (long)guild, Opcodes.Of<T>().Op, request.ToByteArray());

    public static Task<Outcome> Join(this TestPlayer player, ulong guild, Caller? caller = null) =>
        player.Order(guild, new JoinGuildRequest { GuildId = guild }, caller);

    public static Task<Outcome> Leave(this TestPlayer player, ulong guild, Caller? caller = null) =>
        player.Order(guild, new LeaveGuildRequest { GuildId = guild }, caller);

    public static Task<Outcome> Disband(this TestPlayer player, ulong guild) =>
        player.Order(guild, new DisbandGuildRequest { GuildId = guild });

    public static Task<Outcome> Approve(this TestPlayer player, TestPlayer other) =>
        player.Order(new ApproveGuildRequestRequest { PlayerId = (ulong)other.Id });

    public static Task<Outcome> Invite(this TestPlayer player, TestPlayer other) =>
        player.Order(new InviteToGuildRequest { PlayerId = (ulong)other.Id }, other.Id);

    public static Task<Outcome> Kick(this TestPlayer player, TestPlayer other) =>
        player.Order(new KickGuildMemberRequest { PlayerId = (ulong)other.Id });

    public static Task<Outcome> Donate(this TestPlayer player, long gold, Caller? caller = null) =>
        player.Guilds().DonateToGuild(caller ?? player.Next(), "gold", gold);

    /// <summary>Joins a guild that must take the player.</summary>
    public static async Task MustJoin(this TestPlayer player, ulong guild)
    {
        var outcome = await Wait.UntilClear(() => player.Join(guild));
        Assert.Equal(GameError.Ok, outcome.Error);
        Assert.True(JoinGuildReply.Parser.ParseFrom(outcome.Reply).Joined);
    }

    public static async Task<T> Read<T>(this TestPlayer player, IMessage request, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var outcome = await Wait.UntilClear(() => player.Guilds().ReadGuild(
            player.Next(), Opcodes.Of(request.Descriptor).Op, request.ToByteArray()));
        Assert.Equal(GameError.Ok, outcome.Error);
        return parser.ParseFrom(outcome.Reply);
    }

    public static Task<GuildView> FetchGuild(this TestPlayer player) =>
        player.Read(new FetchGuildRequest(), GuildView.Parser);

    public static async Task<GuildSummary> GetGuild(this TestPlayer player, ulong guild)
    {
        var outcome = await Wait.UntilClear(() => player.Guilds().ReadNamedGuild(
            player.Next(), (long)guild, Opcodes.Of<GetGuildRequest>().Op,
            new GetGuildRequest { GuildId = guild }.ToByteArray()));
        Assert.Equal(GameError.Ok, outcome.Error);
        return GuildSummary.Parser.ParseFrom(outcome.Reply);
    }

    public static async Task<SearchGuildsReply> Search(this TestPlayer player, SearchGuildsRequest query)
    {
        var outcome = await player.Guilds().SearchGuilds(player.Next(), query.ToByteArray());
        Assert.Equal(GameError.Ok, outcome.Error);
        return SearchGuildsReply.Parser.ParseFrom(outcome.Reply);
    }

    public static GuildRank RankOf(this GuildView view, TestPlayer player) =>
        view.Members.SingleOrDefault(member => member.PlayerId == (ulong)player.Id)?.Rank ?? GuildRank.Unspecified;

    public static Task<TestPlayer[]> Players(GameHost game, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => TestPlayer.Playing(game)));
}
