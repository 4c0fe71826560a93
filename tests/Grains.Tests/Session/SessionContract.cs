using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Session;

[Collection(nameof(RedisGame))]
public sealed class SessionOnRedisTests(RedisGame game) : SessionContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class SessionOnEmbeddedStoreTests(EmbeddedGame game) : SessionContract(game);

/// <summary>The session: its epochs, its connections and its one end.</summary>
public abstract class SessionContract(GameHost game)
{
    private static readonly uint GoodbyeOp = Opcodes.OfPush<Goodbye>().Op;

    [Fact]
    public async Task Epochs_only_grow_over_logins_resumes_ends_and_activations()
    {
        var player = await TestPlayer.Playing(game);
        var epochs = new List<ulong> { player.Epoch };
        await player.Resume();
        epochs.Add(player.Epoch);
        await player.Login();
        epochs.Add(player.Epoch);
        await GameHost.Deactivate(player.Session);
        await player.Resume();
        epochs.Add(player.Epoch);
        await player.Session.Leave(player.Epoch, 0);
        epochs.Add((await player.Session.GetPresence()).Epoch);
        await player.Login();
        epochs.Add(player.Epoch);
        Assert.Equal(epochs.Distinct().Order(), epochs);
    }

    [Fact]
    public async Task A_resume_tells_what_took_effect_and_what_to_send_again()
    {
        var player = await TestPlayer.Playing(game);
        var (bought, lost, old) = (player.Next(), player.Next(), player.Epoch);
        await player.Profile.Buy(bought, "wood.oak", 1);
        await player.Session.Detach(player.Epoch, 0);
        await GameHost.Deactivate(player.Session);

        var resumed = await player.Resume(bought.RequestId, lost.RequestId);
        Assert.Equal((GameError.Ok, bought.SessionId), (resumed.Error, resumed.SessionId));
        Assert.True(resumed.Epoch > old);
        var answer = Assert.Single(resumed.Answered);
        Assert.Equal((bought.RequestId, 206u, GameError.Ok), (answer.RequestId, answer.Op, answer.Error));
        Assert.Equal([lost.RequestId], resumed.SendAgain);
        Assert.Equal(2ul, resumed.Mailbox.Head);
        Assert.Equal(GameError.Ok, (await player.Profile.Buy(player.Request(lost.RequestId), "wood.oak", 1)).Error);
        Assert.Equal(9_994, await player.Gold());
    }

    [Fact]
    public async Task A_login_begins_a_new_session_with_nothing_answered()
    {
        var player = await TestPlayer.Playing(game);
        var (session, request) = (player.SessionId, player.Next());
        await player.Profile.Buy(request, "wood.oak", 1);
        await player.Login();
        Assert.NotEqual(session, player.SessionId);
        await player.Profile.Buy(player.Request(request.RequestId), "wood.oak", 1);
        Assert.Equal(9_994, await player.Gold());
    }

    [Fact]
    public async Task A_session_that_is_over_or_not_the_players_cannot_be_resumed()
    {
        var player = await TestPlayer.Playing(game);
        var stranger = await TestPlayer.Playing(game);
        var refused = await player.Session.Attach(new AttachRequest(
            1, player.Lane, "test", stranger.SessionId, [], TokenLine: player.TokenLine));
        Assert.Equal(GameError.SessionExpired, refused.Error);
        Assert.True((await player.Session.Heartbeat(player.Epoch, 0)).Live);
        await player.Session.Leave(player.Epoch, 0);
        Assert.Equal(GameError.SessionExpired, (await player.Resume()).Error);
    }

    [Fact]
    public async Task An_earlier_try_to_log_in_that_arrives_late_does_not_take_the_place_of_a_later_one()
    {
        var player = await TestPlayer.Playing(game);
        Task<AttachResult> Try(ulong client, uint attempt) =>
            player.Session.Attach(new AttachRequest(
                1, player.Lane, "test", 0, [], client, attempt, player.TokenLine));
        var second = await Try(7, 2);
        Assert.Equal(GameError.SessionReplaced, (await Try(7, 1)).Error);
        await GameHost.Deactivate(player.Session);
        Assert.Equal(GameError.SessionReplaced, (await Wait.UntilClear(() => Try(7, 1))).Error);
        Assert.True((await player.Session.Heartbeat(second.Epoch, 0)).Live);
        // Later ones, and those of other clients, do.
        Assert.True((await Try(7, 3)).Epoch > second.Epoch);
        Assert.Equal(GameError.Ok, (await Try(8, 1)).Error);
        Assert.Equal(GameError.Ok, (await Try(0, 0)).Error);
    }

    [Fact]
    public async Task A_take_over_closes_the_older_connection_over_its_lane()
    {
        await using var old = await LaneEar.Listen(game);
        await using var next = await LaneEar.Listen(game, 1);
        var player = await TestPlayer.Playing(game, old.Name);
        var epoch = player.Epoch;
        player.Lane = next.Name;
        await player.Login();
        var item = await old.Next(each => each.PlayerId == player.Id && each.Op == GoodbyeOp);
        Assert.Equal(epoch, item.Epoch);
        Assert.Equal(GoodbyeReason.Replaced, Goodbye.Parser.ParseFrom(item.Body).Reason);
        Assert.False((await player.Session.Heartbeat(epoch, 0)).Live);

        var note = (await player.Mailbox.Post("a", 1, [7], PostKind.Change))!;
        Assert.Equal(player.Epoch, (await next.Next(player.Id, note.Seq)).Epoch);
        Assert.DoesNotContain(old.Items, each => each.Seq == note.Seq);
        Assert.DoesNotContain(next.Items, each => each.Op == GoodbyeOp);
    }

    [Fact]
    public async Task The_account_is_lost_once_when_the_resume_window_closes()
    {
        var player = await TestPlayer.Playing(game);
        await player.Session.Detach(player.Epoch, 0);
        var away = await player.Session.GetPresence();
        Assert.Equal((PresenceStatus.Away, 0ul), (away.Status, away.SessionsLost));

        game.World.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(GameError.Ok, (await player.Resume()).Error);
        await player.Session.Detach(player.Epoch, 0);
        game.World.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(PresenceStatus.Away, (await player.Session.GetPresence()).Status);
        game.World.Clock.Advance(TimeSpan.FromSeconds(11));
        await WaitForLost(player, 1);
        Assert.Equal(GameError.SessionExpired, (await player.Resume()).Error);

        game.World.Clock.Advance(TimeSpan.FromSeconds(300));
        await GameHost.Deactivate(player.Session);
        Assert.Equal(1ul, (await player.Session.GetPresence()).SessionsLost);
        await player.Login();
        Assert.Equal(1ul, (await player.Session.GetPresence()).SessionsLost);
    }

    [Fact]
    public async Task A_login_after_the_resume_window_counts_the_lost_session()
    {
        var player = await TestPlayer.Playing(game);
        await player.Session.Detach(player.Epoch, 0);
        await GameHost.Deactivate(player.Session);
        game.World.Clock.Advance(TimeSpan.FromSeconds(61));
        await player.Login();
        var presence = await player.Session.GetPresence();
        Assert.Equal((PresenceStatus.Online, 1ul), (presence.Status, presence.SessionsLost));
    }

    [Fact]
    public async Task A_login_while_a_session_is_open_loses_no_account()
    {
        var player = await TestPlayer.Playing(game);
        await player.Session.Detach(player.Epoch, 0);
        await player.Login();
        var presence = await player.Session.GetPresence();
        Assert.Equal((PresenceStatus.Online, 0ul), (presence.Status, presence.SessionsLost));
    }

    [Fact]
    public async Task A_gateway_that_falls_silent_is_taken_for_gone()
    {
        var player = await TestPlayer.Playing(game);
        game.World.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await player.Session.Heartbeat(player.Epoch, 0)).Live);
        var heard = game.World.Clock.GetUtcNow();
        game.World.Clock.Advance(TimeSpan.FromSeconds(36));
        await WaitFor(player, PresenceStatus.Away);
        // The resume window has been open since the gateway was last heard.
        var since = (await player.Session.GetPresence()).Since;
        Assert.InRange(since, heard - TimeSpan.FromSeconds(5), heard + TimeSpan.FromSeconds(5));

        Assert.True((await player.Session.Heartbeat(player.Epoch, 0)).Live);
        Assert.Equal(PresenceStatus.Online, (await player.Session.GetPresence()).Status);
        game.World.Clock.Advance(TimeSpan.FromSeconds(61));
        await WaitForLost(player, 1);
        Assert.False((await player.Session.Heartbeat(player.Epoch, 0)).Live);
    }

    [Fact]
    public async Task A_late_detach_of_an_old_epoch_does_not_hurt_the_new_connection()
    {
        var player = await TestPlayer.Playing(game);
        var old = player.Epoch;
        await player.Resume();
        await player.Session.Detach(old, 99);
        await player.Session.Leave(old, 99);
        Assert.Equal(PresenceStatus.Online, (await player.Session.GetPresence()).Status);
        Assert.Single(await player.Mail());
    }

    [Fact]
    public async Task A_heartbeat_that_comes_after_the_end_of_its_connection_does_not_revive_it()
    {
        var player = await TestPlayer.Playing(game);
        await player.Session.Detach(player.Epoch, 0);
        Assert.False((await player.Session.Heartbeat(player.Epoch, 0)).Live);
        Assert.Equal(PresenceStatus.Away, (await player.Session.GetPresence()).Status);
        Assert.Equal(GameError.Ok, (await player.Resume()).Error);
        Assert.True((await player.Session.Heartbeat(player.Epoch, 0)).Live);
    }

    [Fact]
    public async Task A_heartbeat_carries_the_clients_acknowledgement_and_the_head()
    {
        var player = await TestPlayer.Playing(game);
        await player.Profile.SetProfile(player.Next(), "cat", "");
        var beat = await player.Session.Heartbeat(player.Epoch, 1);
        Assert.Equal(new HeartbeatResult(true, new MailboxBounds(1, 2)), beat);
        Assert.Equal([2ul], (await player.Mail()).Select(item => item.Seq));
    }

    [Fact]
    public async Task Leaving_ends_the_session_at_once_and_acknowledges()
    {
        var player = await TestPlayer.Playing(game);
        await player.Session.Leave(player.Epoch, 1);
        await player.Session.Leave(player.Epoch, 1);
        var presence = await player.Session.GetPresence();
        Assert.Equal((PresenceStatus.Offline, 1ul), (presence.Status, presence.SessionsLost));
        Assert.Empty(await player.Mail());
        Assert.Equal(GameError.SessionReplaced, (await player.Profile.Fetch(player.Next())).Error);
    }

    [Fact]
    public async Task A_kick_ends_the_session_and_closes_the_connection_also_when_it_is_repeated()
    {
        await using var lane = await LaneEar.Listen(game);
        var player = await TestPlayer.Playing(game, lane.Name);
        // The first try ends the session and cannot reach the mailbox any more.
        game.Faults.Arm($"write:mailbox/{player.Id}", Fault.Before);
        await Assert.ThrowsAsync<OutcomeUnknownException>(() =>
            player.Session.Kick(1, GoodbyeReason.Banned, "cheating"));
        Assert.Equal(PresenceStatus.Offline, (await player.Session.GetPresence()).Status);
        await Wait.UntilClear(async () =>
        {
            await player.Session.Kick(1, GoodbyeReason.Banned, "cheating");
            return true;
        });
        var item = await lane.Next(each => each.PlayerId == player.Id && each.Op == GoodbyeOp);
        Assert.True(item.Epoch >= player.Epoch);
        Assert.Equal(GoodbyeReason.Banned, Goodbye.Parser.ParseFrom(item.Body).Reason);
        Assert.Equal(1ul, (await player.Session.GetPresence()).SessionsLost);
    }

    [Fact]
    public async Task A_kick_that_comes_late_does_not_hit_who_has_logged_in_with_a_newer_token()
    {
        var player = await TestPlayer.Playing(game);
        await player.Account.Revoke("log-out");
        await player.OpenAccount();
        await player.Login(generation: 2);
        await player.Session.Kick(1, GoodbyeReason.Revoked, "log-out");
        Assert.Equal(PresenceStatus.Online, (await player.Session.GetPresence()).Status);
        await player.Session.Kick(2, GoodbyeReason.Revoked, "log-out");
        Assert.Equal(PresenceStatus.Offline, (await player.Session.GetPresence()).Status);
    }

    [Fact]
    public async Task Revoked_and_foreign_tokens_are_refused_and_the_open_connection_is_closed()
    {
        await using var lane = await LaneEar.Listen(game);
        var player = await TestPlayer.Playing(game, lane.Name);
        await player.Account.Revoke("log-out");
        var item = await lane.Next(each => each.PlayerId == player.Id && each.Op == GoodbyeOp);
        Assert.Equal(GoodbyeReason.Revoked, Goodbye.Parser.ParseFrom(item.Body).Reason);
        Assert.Equal(GameError.SessionReplaced, (await player.Profile.Fetch(player.Next())).Error);
        Assert.Equal(GameError.TokenInvalid, (await player.Login()).Error);
        Assert.Equal(GameError.TokenInvalid, (await player.Resume()).Error);
        await player.OpenAccount();
        Assert.Equal(GameError.Ok, (await player.Login(generation: 2)).Error);

        await player.Account.Ban(null, "cheating");
        Assert.Equal(GameError.Banned, (await player.Login(generation: 3)).Error);
    }

    [Fact]
    public async Task A_line_that_ends_closes_the_connection_that_it_opened_and_no_other()
    {
        await using var lane = await LaneEar.Listen(game);
        var player = await TestPlayer.Playing(game, lane.Name);
        var first = await player.OpenAccount();
        Assert.Equal(GameError.Ok, (await player.Login()).Error);
        var second = await player.OpenAccount();
        await Reuse(player, second);
        Assert.Equal(GameError.TokenInvalid, (await player.Login()).Error);
        Assert.True((await player.Session.Heartbeat(player.Epoch, 0)).Live);

        await Reuse(player, first);
        var item = await lane.Next(each =>
            each.PlayerId == player.Id && each.Op == GoodbyeOp && each.Epoch == player.Epoch);
        Assert.Equal(GoodbyeReason.Revoked, Goodbye.Parser.ParseFrom(item.Body).Reason);
        Assert.False((await player.Session.Heartbeat(player.Epoch, 0)).Live);
        player.TokenLine = first.Line;
        Assert.Equal(GameError.TokenInvalid, (await player.Login()).Error);
        Assert.Equal(GameError.TokenInvalid, (await player.Resume()).Error);
        await player.OpenAccount();
        Assert.Equal(GameError.Ok, (await player.Login()).Error);
    }

    /// <summary>Somebody shows a refresh token that was traded twice since.</summary>
    private static async Task Reuse(TestPlayer player, TokenGrant stolen)
    {
        var next = await player.Account.Refresh(stolen.RefreshToken);
        await player.Account.Refresh(next.RefreshToken);
        Assert.Equal(GameError.TokenInvalid, (await player.Account.Refresh(stolen.RefreshToken)).Error);
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task An_end_that_was_cut_off_counts_once(Fault fault)
    {
        var player = await TestPlayer.Playing(game);
        await player.Session.Detach(player.Epoch, 0);
        game.Faults.Arm($"write:player/{player.Id}", fault);
        game.World.Clock.Advance(TimeSpan.FromSeconds(61));
        await Wait.Until(() => game.Faults.Dealt($"write:player/{player.Id}"), "the end was tried");
        await WaitForLost(player, 1);
        game.World.Clock.Advance(TimeSpan.FromSeconds(61));
        await GameHost.Deactivate(player.Session);
        Assert.Equal(1ul, (await player.Session.GetPresence()).SessionsLost);
    }

    [Fact]
    public async Task A_session_that_is_over_leaves_no_reminder_and_no_timer_behind()
    {
        var player = await TestPlayer.Playing(game);
        var reminders = (IReminderTable)game.Silo.GetService(typeof(IReminderTable))!;
        Assert.Single((await reminders.ReadRows(player.Session.GetGrainId())).Reminders);
        await player.Session.Leave(player.Epoch, 0);
        Assert.Empty((await reminders.ReadRows(player.Session.GetGrainId())).Reminders);
        Assert.Null((await game.Stored<Grains.Mailbox.MailboxState>("mailbox", player.Mailbox)).Lane);
    }

    [Fact]
    public async Task The_reminder_is_set_before_the_session_is_saved()
    {
        var player = await TestPlayer.Registered(game);
        var reminders = (IReminderTable)game.Silo.GetService(typeof(IReminderTable))!;
        var held = game.Faults.Hold($"write:player/{player.Id}");
        var login = player.Login();
        await held.Arrived;
        Assert.Single((await reminders.ReadRows(player.Session.GetGrainId())).Reminders);
        held.Release();
        Assert.Equal(GameError.Ok, (await login).Error);
    }

    [Fact]
    public async Task A_player_who_reconnects_all_the_time_keeps_the_record_small()
    {
        var player = await TestPlayer.Playing(game);
        for (var i = 0; i < 20; i++)
        {
            await player.Profile.SetProfile(player.Next(), "cat", $"{i}");
            await player.Resume();
        }

        var record = await game.Stored<PlayerRecord>("player", player.Session);
        Assert.Empty(record.Outbox);
        Assert.Equal(21, record.Answered.Count);
    }

    private static Task WaitFor(TestPlayer player, PresenceStatus status) => Wait.Until(
        async () => (await Wait.UntilClear(() => player.Session.GetPresence())).Status == status, $"{status}");

    private static async Task WaitForLost(TestPlayer player, ulong lost)
    {
        await WaitFor(player, PresenceStatus.Offline);
        Assert.Equal(lost, (await player.Session.GetPresence()).SessionsLost);
    }
}
