using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Player;

/// <summary>Notes from player to player. Who may write one, and what, is as in private chat.</summary>
public sealed partial class PlayerGrain
{
    private static readonly uint NoteOp = Opcodes.OfPush<Note>().Op;

    private ChatBreath _noteBreath;

    private ChatPace NotePace => new(ChatSettings.NoteBurst, 1000 / ChatSettings.NotesPerSecond);

    public async Task<Outcome> SendNote(Caller caller, long to, string text)
    {
        return await Write(
            caller,
            [new Writing(text, ChatRules.NoteLimit, Kind: ChatKind.Private)],
            said => SendReviewedNote(caller, to, said[0]));
    }

    private async Task<Outcome> SendReviewedNote(Caller caller, long to, string said)
    {
        if (said.Length == 0)
            return Outcome.Refused(GameError.InvalidArgument);
        if (to == 0)
            return Outcome.Refused(GameError.PlayerNotFound);
        if (TakeBreath(caller, ref _noteBreath, NotePace) is { } refused)
            return refused;
        if (to != PlayerId && (await Social.Blocked()).Contains(to))
            return Outcome.Refused(GameError.FriendBlocked);

        var note = new Note { From = (ulong)PlayerId, FromName = State.Profile.Name, Text = said, SentAtMs = NowMs };
        var messageId = caller.RequestId == 0
            ? $"note/{Guid.NewGuid():N}"
            : $"note/{PlayerId:x}/{caller.SessionId:x}/{caller.RequestId}";
        var error = await GrainFactory.GetGrain<IPlayerProfile>(to).TakeNote(messageId, note.ToByteArray());
        if (error != GameError.Ok)
            return Outcome.Refused(error);
        Remember<SendNoteRequest>(caller, ByteString.Empty);
        await Commit();
        return Outcome.Done;
    }

    public async Task<GameError> TakeNote(string messageId, byte[] note)
    {
        if (!await ExistsForOthers())
            return GameError.PlayerNotFound;
        var from = (long)Note.Parser.ParseFrom(note).From;
        if (from != PlayerId && (await Social.Blocked()).Contains(from))
            return GameError.FriendBlocked;
        var posted = await Mailbox.PostFrom(from, messageId, NoteOp, note, PostKind.Message);
        return posted is null ? GameError.MailboxFull : GameError.Ok;
    }
}
