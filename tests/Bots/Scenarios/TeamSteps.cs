using System.Collections.Concurrent;
using GameBackend.Client;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// Bots form teams of five: invited and asking, ready, kicked, led by another, and gone in the end. What each was told
/// must be what is fetched. The bots are logged in, have players, and are in no team.
/// </summary>
internal static class TeamSteps
{
    private const int Size = 5;

    public static Task Run(IReadOnlyList<Bot> bots) =>
        Task.WhenAll(bots.Chunk(Size).Where(group => group.Length > 1).Select(RunTeam));

    private static async Task RunTeam(Bot[] bots)
    {
        var members = bots.Select(bot => new Member(bot)).ToArray();
        try
        {
            await Play(members);
        }
        catch (Exception e)
        {
            members[0].Bot.Report.Fail($"The team of {members[0].Bot.Name} has stopped: {e}");
        }
        finally
        {
            foreach (var member in members)
                member.Dispose();
        }
    }

    private static async Task Play(Member[] members)
    {
        var leader = members[0];
        var settings = new TeamSettings { Mode = "5v5", Label = "bots", Text = leader.Bot.Name };
        ulong team = 0;
        await leader.Does("team create", async client => team = await client.Team.Create(settings));
        foreach (var member in members.Skip(1))
        {
            if (member.Bot.Index % 2 == 0)
                await AskIn(leader, member, team);
            else
                await InviteIn(leader, member, team);
        }

        await Agree(members, members.Length, "the team is whole");
        await Task.WhenAll(members.Select(each => each.Does("team ready", c => c.Team.SetReady(team, true))));
        await leader.Until(view => view.Members.All(member => member.Ready), "all are ready");

        var last = members[^1];
        await last.Bot.Do("kick by a member", c => c.Team.Kick(team, leader.Bot.PlayerId), GameError.TeamNotLeader);
        if (members.Length > 2)
        {
            await leader.Does("team kick", client => client.Team.Kick(team, last.Bot.PlayerId));
            await last.UntilGone(team, TeamGoneReason.Kicked);
            members = members[..^1];
            await Agree(members, members.Length, "one is kicked");
        }

        await leader.Does("team leave", client => client.Team.Leave(team));
        members = members[1..];
        await Agree(members, members.Length, "the leader has left");
        members[0].Expect(members[0].View!.Leader == members[0].Bot.PlayerId, "the longest-standing does not lead");
        foreach (var member in members)
            await member.Does("team leave", client => client.Team.Leave(team));
        await members[0].Bot.Do("fetch no team", client => client.Team.Fetch(), GameError.TeamNotIn);
    }

    private static async Task InviteIn(Member leader, Member member, ulong team)
    {
        await leader.Does("team invite", client => client.Team.Invite(team, member.Bot.PlayerId));
        await member.UntilTrue(() => member.Invitations.Contains(team), "the invitation is there");
        await member.Does("team accept", client => client.Team.AnswerInvite(team, true));
    }

    private static async Task AskIn(Member leader, Member member, ulong team)
    {
        await member.Does("team ask", client => client.Team.AskPlayer(leader.Bot.PlayerId));
        await leader.Until(view => view.Asking.Any(each => each.PlayerId == member.Bot.PlayerId), "somebody asks");
        await leader.Does("team let in", client => client.Team.AnswerAsk(team, member.Bot.PlayerId, true));
    }

    /// <summary>All have been told the same team, and it is what is fetched.</summary>
    private static async Task Agree(Member[] members, int count, string when)
    {
        foreach (var member in members)
        {
            await member.Until(view => view.Members.Count == count, when);
            await member.Does("team fetch", async client =>
            {
                var fetched = await client.Team.Fetch();
                var told = member.View!;
                member.Expect(
                    told.Version != fetched.Version || told.Equals(fetched), $"{told} was told and {fetched} fetched");
            });
        }
    }

    private sealed class Member : IDisposable
    {
        private readonly IDisposable[] _handlers;
        private readonly ConcurrentBag<TeamGone> _gone = [];
        private volatile TeamView? _view;

        public Member(Bot bot)
        {
            Bot = bot;
            _handlers =
            [
                bot.Client.On<TeamChanged>(push => Take(push.Team)),
                bot.Client.On<TeamGone>(_gone.Add),
                bot.Client.On<TeamInvited>(push => Invitations.Add(push.TeamId)),
            ];
        }

        public Bot Bot { get; }

        public ConcurrentBag<ulong> Invitations { get; } = [];

        public TeamView? View => _view;

        public async Task Does(string what, Func<GameClient, Task> call)
        {
            if (await Bot.Do(what, call) is not GameError.Ok)
                throw new InvalidOperationException($"{Bot.Name}: {what} was not done.");
        }

        public Task Until(Func<TeamView, bool> condition, string what) =>
            UntilTrue(() => View is { } view && condition(view), what);

        public Task UntilGone(ulong team, TeamGoneReason reason) =>
            UntilTrue(() => _gone.Any(gone => gone.TeamId == team && gone.Reason == reason), $"{reason}");

        public async Task UntilTrue(Func<bool> condition, string what)
        {
            if (!await BotRun.Until(condition, BotRun.Patience))
                throw new TimeoutException($"{Bot.Name} has waited in vain: {what}. It sees {View}.");
        }

        public void Expect(bool holds, string otherwise)
        {
            if (!holds)
                Bot.Report.Fail($"{Bot.Name}: {otherwise}.");
        }

        public void Dispose()
        {
            foreach (var handler in _handlers)
                handler.Dispose();
        }

        private void Take(TeamView view)
        {
            if (_view is not { } known || known.TeamId != view.TeamId || known.Version < view.Version)
                _view = view;
        }
    }
}
