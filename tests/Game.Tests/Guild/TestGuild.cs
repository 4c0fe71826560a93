namespace GameBackend.Game.Tests;

/// <summary>A guild by the small catalogue: levels with 3, 4 and 6 places.</summary>
internal sealed class TestGuild
{
    public const long Id = 77;
    public const long Leader = 1;

    public TestGuild(GuildJoinMode mode = GuildJoinMode.Open)
    {
        var wish = new GuildFounding { Name = "The Wolves", Tag = "WLV", JoinMode = mode };
        Change = Expect(GuildRules.Found(State, Rules, Act(Leader), Id, wish));
    }

    public static GuildDefinition Rules => SmallCatalogue.Instance.Guild;

    public GuildState State { get; } = new();

    /// <summary>The last change.</summary>
    public GuildChanged? Change { get; private set; }

    public long NowMs { get; set; } = 1_700_000_000_000;

    public GuildAct Act(long player, uint level = 5) => new(player, $"p{player}", level, NowMs, $"{player}/key");

    public GuildRank? RankOf(long player) => GuildRules.Member(State, player)?.Rank;

    public GuildMemberState Member(long player) => GuildRules.Member(State, player)!;

    /// <summary>Does what must be done.</summary>
    public void Do(Func<GuildState, GuildDefinition, GuildDecision> rule) => Change = Expect(rule(State, Rules));

    /// <summary>Does what must be refused, and changes nothing.</summary>
    public void Refuse(GameError error, Func<GuildState, GuildDefinition, GuildDecision> rule)
    {
        var before = State.Clone();
        Assert.Equal(error, rule(State, Rules).Error);
        Assert.Equal(before, State);
    }

    /// <summary>Makes a player a member of an open guild, with a rank.</summary>
    public void Enter(long player, GuildRank rank = GuildRank.Member)
    {
        Do((s, g) => GuildRules.Join(s, g, Act(player)));
        Do((s, g) => GuildRules.Joined(s, g, player, NowMs));
        if (rank != GuildRank.Member) Do((s, g) => GuildRules.SetRank(s, g, Act(Leader), player, rank));
    }

    private GuildChanged? Expect(GuildDecision decision)
    {
        Assert.Equal(GameError.Ok, decision.Error);
        if (decision.Change is { } change) Assert.Equal(State.Version, change.Version);
        return decision.Change;
    }
}
