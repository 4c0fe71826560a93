namespace GameBackend.Game.Tests;

/// <summary>
/// Random commands of a few players over a few guilds, with memberships that are claimed and released late, as grains
/// do it.
/// </summary>
public sealed class GuildPropertyTests
{
    private const int Players = 12;

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 60).Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_order_of_commands_keeps_the_invariants(int seed) => new Play(seed).Run(800);

    [Fact]
    public void Random_commands_come_by_every_refusal()
    {
        var answers = new HashSet<GameError>();
        var oks = 0;
        for (var seed = 1; seed <= 30; seed++)
        {
            var play = new Play(seed);
            play.Run(800);
            answers.UnionWith(play.Answers.Keys);
            oks += play.Answers[GameError.Ok];
        }

        Assert.True(oks > 6000, $"only {oks} of 24000 commands succeed");
        GameError[] expected =
        [
            GameError.GuildNotFound, GameError.AlreadyInGuild, GameError.NotInGuild, GameError.GuildFull,
            GameError.GuildForbidden, GameError.GuildMemberNotFound, GameError.GuildClosed, GameError.GuildBanned,
            GameError.GuildInviteNotFound, GameError.GuildRequestNotFound, GameError.GuildListFull,
            GameError.GuildLeaderMustStay, GameError.GuildBanNotFound, GameError.GuildOfferUnknown,
            GameError.GuildLevelTooLow, GameError.GuildPointsMissing, GameError.GuildOfferSoldOut,
            GameError.LevelTooLow, GameError.InvalidArgument,
        ];
        Assert.Empty(expected.Except(answers));
    }

    private sealed class Play(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly GuildState[] _guilds = [new(), new(), new()];
        private readonly Dictionary<long, long> _memberships = [];
        private long _nowMs = 1_700_000_000_000;

        public Dictionary<GameError, int> Answers { get; } = [];

        private static GuildDefinition Rules => SmallCatalogue.Instance.Guild;

        public void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                _nowMs += _random.Next(1, 2_000_000);
                var guild = _guilds[_random.Next(_guilds.Length)];
                var before = guild.Clone();
                var decision = Step(guild);
                Answers[decision.Error] = Answers.GetValueOrDefault(decision.Error) + 1;
                if (!decision.Ok) Assert.Equal(before, guild);
                if (decision.Change is { } change) Assert.Equal(before.Version + 1, change.Version);
                CheckAll();
            }
        }

        private GuildDecision Step(GuildState guild)
        {
            if (guild.Version == 0) return Found(guild);
            // What the grain does beside the commands, in any order.
            if (_random.Next(3) == 0) return Work(guild);
            var act = new GuildAct(Player(), "p", (uint)_random.Next(1, 8), _nowMs, "key");
            var other = Player();
            return _random.Next(28) switch
            {
                0 or 1 or 2 => GuildRules.Join(guild, Rules, act),
                3 => GuildRules.Withdraw(guild, Rules, act),
                4 or 5 => GuildRules.Invite(guild, Rules, act, other, "o", 1),
                6 => GuildRules.Revoke(guild, Rules, act, other),
                7 => GuildRules.Accept(guild, Rules, act),
                8 => GuildRules.Decline(guild, Rules, act),
                9 or 10 => GuildRules.Approve(guild, Rules, act, other),
                11 => GuildRules.Reject(guild, Rules, act, other),
                12 => GuildRules.Leave(guild, Rules, act),
                13 => GuildRules.Kick(guild, Rules, act, other),
                14 => GuildRules.Ban(guild, Rules, act, other, "o"),
                15 => GuildRules.Unban(guild, Rules, act, other),
                16 or 17 or 18 => GuildRules.SetRank(guild, Rules, act, other, (GuildRank)_random.Next(5)),
                19 => GuildRules.Transfer(guild, Rules, act, other),
                20 => GuildRules.SetPermissions(guild, Rules, act, RandomRights()),
                21 => GuildRules.Configure(guild, Rules, act, new ConfigureGuildRequest
                {
                    JoinMode = (GuildJoinMode)_random.Next(4),
                    MinLevel = (uint)_random.Next(4),
                }),
                22 or 23 => GuildRules.Donate(guild, Rules, act, Pick("gold", "gem"), _random.Next(60), out _),
                24 or 25 or 26 => GuildRules.Buy(guild, Rules, act, Pick("herbs", "gems", "x"), (uint)_random.Next(6)),
                _ => _random.Next(8) == 0
                    ? GuildRules.Disband(guild, Rules, act)
                    : GuildRules.Succeed(guild, Rules, RandomSeen(guild), _nowMs),
            };
        }

        private GuildDecision Found(GuildState guild)
        {
            var founder = Player();
            var id = Array.IndexOf(_guilds, guild) + 1 + (_random.Next(1_000_000) * 10L);
            if (!_memberships.TryAdd(founder, id)) return GuildDecision.Refused(GameError.AlreadyInGuild);
            return GuildRules.Found(
                guild, Rules, new GuildAct(founder, "f", 1, _nowMs), id,
                new GuildFounding { Name = "Abc", Tag = "AB" });
        }

        private GuildDecision Work(GuildState guild)
        {
            if (guild.Joining.Count > 0 && _random.Next(2) == 0)
            {
                var player = guild.Joining[_random.Next(guild.Joining.Count)].Player;
                // A release that is owed goes before the claim.
                foreach (var duty in guild.Duties.Where(duty => duty.Release && duty.Player == player).ToArray())
                    Release(guild, duty);
                _memberships.TryAdd(player, guild.Id);
                return _memberships[player] == guild.Id
                    ? GuildRules.Joined(guild, Rules, player, _nowMs)
                    : GuildRules.NotJoined(guild, Rules, player, _nowMs);
            }

            // Only those that do not go before the claim of one on the way in.
            foreach (var duty in guild.Duties.Take(3).ToArray())
                Release(guild, duty);
            // A guild that is gone makes room for a new one.
            if (guild.DisbandedAtMs != 0 && guild.Duties.Count == 0)
                _guilds[Array.IndexOf(_guilds, guild)] = new GuildState();
            return GuildRules.Exists(guild) ? GuildRules.Expire(guild, Rules, _nowMs) : default;
        }

        private void Release(GuildState guild, GuildDuty duty)
        {
            if (duty.Release
                && _memberships.GetValueOrDefault(duty.Player) == guild.Id) _memberships.Remove(duty.Player);
            GuildDuties.Settle(guild, [duty.Number]);
        }

        private void CheckAll()
        {
            foreach (var guild in _guilds)
            {
                Assert.Equal(guild.Given - guild.Spent, guild.Funds);
                Assert.True(guild.Funds >= 0, "funds below nothing");
                Assert.Equal(guild.Donated.Sum(b => b.Amount * (b.Currency == "gem" ? 50 : 1)), guild.Given);
                if (!GuildRules.Exists(guild))
                {
                    Assert.Empty(guild.Members);
                    continue;
                }

                Assert.Single(guild.Members, member => member.Rank == GuildRank.Leader);
                Assert.True(guild.Members.Count + guild.Joining.Count <= Rules.Level(guild.Level).Cap, "over the cap");
                Assert.Equal(guild.Members.Count, guild.Members.Select(member => member.Player).Distinct().Count());
                Assert.DoesNotContain(guild.Members, member => guild.Bans.Any(ban => ban.Player == member.Player));
                Assert.All(guild.Members, member => Assert.InRange(member.Points, 0, member.Contribution));
                Assert.True(guild.Requests.Count <= 3 && guild.Invitations.Count <= 3 && guild.Bans.Count <= 3);
                Assert.All(guild.Members, member => Assert.Equal(guild.Id, _memberships[member.Player]));
            }

            var members = _guilds.SelectMany(guild => guild.Members).Select(member => member.Player).ToList();
            Assert.Equal(members.Distinct().Count(), members.Count);
        }

        private Dictionary<long, long> RandomSeen(GuildState guild) => guild.Members
            .Where(_ => _random.Next(4) > 0)
            .ToDictionary(member => member.Player, _ => _nowMs - (_random.Next(3) * 864_000_000L));

        private GuildRights RandomRights()
        {
            var rights = new GuildRights { Rank = (GuildRank)_random.Next(1, 5) };
            for (var each = GuildPermission.Invite; each <= GuildPermission.Profile; each++)
            {
                if (_random.Next(2) == 0) rights.Permissions.Add(each);
            }

            return rights;
        }

        private string Pick(params string[] words) => words[_random.Next(words.Length)];

        private long Player() => _random.Next(1, Players + 1);
    }
}
