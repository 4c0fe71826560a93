using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Lanes;
using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// Login and Resume: checks the token, attaches the connection to the player, and welcomes the client.
/// </summary>
internal sealed class Authenticator(
    AccessTokens tokens,
    SessionRegistry registry,
    LaneSubscriber lanes,
    SessionSweeper sweeper,
    GatewayIdentity identity,
    TimeProvider time)
{
    public Task<Outcome> Login(Call call, LoginRequest request) =>
        Attach(call, request.AccessToken, request, null);

    public Task<Outcome> Resume(Call call, ResumeRequest request)
    {
        return request.SessionId == 0 || request.Unanswered.Count > 2 * call.Dispatcher.Options.MaxInFlight
            ? Task.FromResult(Fail(call, GameError.InvalidArgument))
            : Attach(call, request.AccessToken, null, request);
    }

    private async Task<Outcome> Attach(Call call, string token, LoginRequest? login, ResumeRequest? resume)
    {
        if (!tokens.TryRead(token, out var access))
            return Fail(call, GameError.TokenInvalid);

        var attached = await call.Grains.GetGrain<IPlayerSession>(access.PlayerId).Attach(new AttachRequest(
            access.Generation, lanes.LaneOf(access.PlayerId), identity.Name, resume?.SessionId ?? 0,
            [.. resume?.Unanswered ?? []],
            login?.LoginId ?? 0, login?.Attempt ?? 0, access.Line));
        if (attached.Error != GameError.Ok)
            return Fail(call, attached.Error);

        var (acked, head) = attached.Mailbox;
        var sent = resume is null ? acked : Math.Clamp(resume.LastSeq, acked, Math.Max(acked, head));
        var op = login is null ? Opcodes.Of<ResumeRequest>().Op : Opcodes.Of<LoginRequest>().Op;
        var welcome = Welcome(call, access.PlayerId, attached, resume is not null, sent);
        if (resume is not null)
            call.Session.Ids.Resume(resume.Unanswered, attached.LastRequestId);
        if (!call.Session.Open(access.PlayerId, attached, sent, call.Id, op, welcome))
        {
            call.Grains.GetGrain<IPlayerSession>(access.PlayerId).Detach(attached.Epoch, 0).Ignore();
            return null!;
        }

        var loser = registry.Claim(call.Session);
        loser?.Close(GoodbyeReason.Replaced, "Another connection has taken over.");
        // What lanes brought between the attach and the claim found no session here.
        _ = sweeper.Check(call.Session);
        await call.Session.CatchUp(head);
        SendRecorded(call.Session, attached.Answered, head);
        return null!;
    }

    /// <summary>Recorded answers come after the pushes that they are about.</summary>
    private static void SendRecorded(Session session, RecordedAnswer[] answers, ulong head)
    {
        if (answers.Length > 0 && !session.HasSent(head))
        {
            session.Close(GoodbyeReason.Draining, "The mailbox cannot be read now; resume again.");
            return;
        }

        foreach (var answer in answers)
            session.Send(new ServerFrame(answer.RequestId, answer.Op, answer.Reply, 0, answer.Error));
    }

    private static Outcome Fail(Call call, GameError error)
    {
        call.Session.CloseAfterAnswer(call.Id, GoodbyeReason.AuthenticationFailed, $"Refused: {error}.");
        return Outcome.Refused(error);
    }

    private Welcome Welcome(Call call, long playerId, AttachResult attached, bool resumed, ulong sent)
    {
        var welcome = new Welcome
        {
            PlayerId = (ulong)playerId,
            SessionId = attached.SessionId,
            Epoch = attached.Epoch,
            Resumed = resumed,
            PlayerExists = attached.PlayerExists,
            Seq = sent,
            HeadSeq = attached.Mailbox.Head,
            Limits = Announcement.Limits(call.Dispatcher.Options, attached.Limits),
            ServerTimeMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Gateway = identity.Name,
        };
        welcome.SendAgain.AddRange(attached.SendAgain);
        return welcome;
    }
}

/// <summary>The options as clients are told them.</summary>
internal static class Announcement
{
    public static Limits Limits(GatewayOptions options, SessionLimits session) => new()
    {
        AuthenticateWithinMs = (uint)options.AuthenticateWithin.TotalMilliseconds,
        HeartbeatEveryMs = (uint)options.HeartbeatEvery.TotalMilliseconds,
        DeadAfterMs = (uint)options.DeadAfter.TotalMilliseconds,
        ResumeWindowMs = (uint)session.ResumeWindow.TotalMilliseconds,
        RequestsPerSecond = (uint)options.RequestsPerSecond,
        RequestBurst = (uint)options.RequestBurst,
        MaxInFlight = (uint)options.MaxInFlight,
        MaxFrameBytes = (uint)options.MaxFrameBytes,
        CallTimeoutMs = (uint)options.CallTimeout.TotalMilliseconds,
        MaxMailboxBacklog = (uint)session.MaxMailboxBacklog,
        BattleInputsPerSecond = (uint)options.BattleInputsPerSecond,
    };
}
