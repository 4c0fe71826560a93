using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>One sender does not fill the mailbox of somebody who is away.</summary>
public sealed class MailboxShareTests
{
    private const int Share = 10;

    [Fact]
    public async Task A_sender_that_has_used_up_its_share_is_refused_and_nobody_else_is()
    {
        await using var backend = await Backend.Start(
            ("Mailbox:MaxBacklog", 5 * Share), ("Gateway:RequestBurst", 1000));
        var receiver = await backend.Play(Transport.Tcp);
        var to = receiver.Account.PlayerId;
        await receiver.DisposeAsync();
        await using var sender = await backend.Play(Transport.Tcp);
        await using var other = await backend.Play(Transport.Tcp);
        var team = await sender.Ask<CreateTeamRequest, CreateTeamReply>(new CreateTeamRequest
        {
            Settings = new TeamSettings { Mode = "3v3" },
        });
        await sender.Ask<CreateGuildRequest, CreateGuildReply>(new CreateGuildRequest { Name = "Wolves", Tag = "WLV" });

        for (var i = 0; i < Share; i++)
            Assert.Equal(GameError.Ok, (await Note(sender, to)).Error);
        Assert.Equal(GameError.MailboxFull, (await Note(sender, to)).Error);
        Assert.Equal(GameError.MailboxFull, (await Befriend(sender, to)).Error);
        Assert.Equal(GameError.MailboxFull, (await Write(sender, to)).Error);
        Assert.Equal(GameError.MailboxFull, (await sender.Ask(new InviteToTeamRequest
        {
            TeamId = team.TeamId,
            PlayerId = to,
        })).Error);
        Assert.Equal(GameError.MailboxFull, (await sender.Ask(new InviteToGuildRequest { PlayerId = to })).Error);

        Assert.Equal(GameError.Ok, (await Note(other, to)).Error);
        Assert.Equal(GameError.Ok, (await Befriend(other, to)).Error);
        Assert.Equal(GameError.Ok, (await Write(other, to)).Error);
        var mailbox = backend.Grains.GetGrain<IMailboxGrain>((long)to);
        Assert.NotNull(await mailbox.Post("system", Opcodes.OfPush<Resync>().Op, [], PostKind.Change));

        await using var back = await receiver.Account.LogIn(Transport.Tcp);
        await mailbox.Ack(back.Welcome.Epoch, back.Welcome.HeadSeq);
        Assert.Equal(GameError.Ok, (await Note(sender, to)).Error);
        Assert.Equal(GameError.Ok, (await Befriend(sender, to)).Error);
    }

    [Fact]
    public async Task A_line_beyond_the_share_is_in_the_history_and_not_in_the_mailbox()
    {
        await using var backend = await Backend.Start(("Mailbox:MaxBacklog", 16), ("Gateway:RequestBurst", 1000));
        var receiver = await backend.Play(Transport.Tcp);
        var to = receiver.Account.PlayerId;
        await receiver.DisposeAsync();
        await using var sender = await backend.Play(Transport.Tcp);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(GameError.Ok, (await sender.Ask(new SayRequest
            {
                Kind = ChatKind.Private,
                To = to,
                Text = $"{i}",
            })).Error);
        }

        var op = Opcodes.OfPush<ChatLine>().Op;
        var items = await backend.Grains.GetGrain<IMailboxGrain>((long)to).Read(1, 100);
        Assert.Equal(3, items.Count(item => item.Op == op));
        var history = await sender.Ask<ReadChatRequest, ReadChatReply>(
            new ReadChatRequest { Kind = ChatKind.Private, With = to });
        Assert.Equal(6, history.Lines.Count);
    }

    private static Task<ServerEnvelope> Note(RawClient from, ulong to) =>
        from.Ask(new SendNoteRequest { To = to, Text = "hello" });

    private static Task<ServerEnvelope> Befriend(RawClient from, ulong to) =>
        from.Ask(new RequestFriendRequest { PlayerId = to });

    private static Task<ServerEnvelope> Write(RawClient from, ulong to) =>
        from.Ask(new SendLetterRequest { To = to, Subject = "hello", Text = "you" });
}
