using GameBackend.Client;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>A note to another bot and one to oneself, which arrive once.</summary>
internal sealed class SmokeMail(SmokeBot smoke, IReadOnlyList<Bot> bots)
{
    public async Task Run()
    {
        var me = smoke.Bot;
        // The partner exists by now, or soon will: all bots go through the same steps.
        var partner = bots[(me.Index + 1) % bots.Count];
        var from = bots[(me.Index + bots.Count - 1) % bots.Count];
        if (!await BotRun.Until(() => partner.PlayerId != 0 && partner.Statistics.Count > 0, BotRun.Patience))
            throw new TimeoutException($"{partner.Name} has not logged in.");
        await PartnerExists(partner);
        await smoke.Does("note", c => c.Mailbox.SendNote(partner.PlayerId, $"{me.Name} to {partner.Name}"));
        await smoke.Does("note to self", c => c.Mailbox.SendNote(me.PlayerId, $"{me.Name} to self"));
        await smoke.Refuses(GameError.PlayerNotFound, "note to nobody", c => c.Mailbox.SendNote(1, "hello"));
        await smoke.Refuses(GameError.TextTooLong, "a long note",
            c => c.Mailbox.SendNote(me.PlayerId, new string('n', 501)));
        await BotRun.Until(() => smoke.Notes.Count >= 2, BotRun.Patience);
        Arrived($"{from.Name} to {me.Name}", from);
        Arrived($"{me.Name} to self", me);
        smoke.Expect(smoke.Notes.Count == 2, $"{smoke.Notes.Count} notes have arrived, not 2");
    }

    private void Arrived(string text, Bot from)
    {
        var notes = smoke.Notes.Where(note => note.Text == text).ToArray();
        if (notes.Length == 0)
            smoke.Bot.Report.Lost($"{smoke.Bot.Name}: the note '{text}' has not arrived.");
        else if (notes.Length > 1)
            smoke.Bot.Report.Duplicated($"{smoke.Bot.Name}: the note '{text}' has arrived {notes.Length} times.");
        else
            smoke.Expect(notes[0].From == from.PlayerId && notes[0].FromName == from.Name && notes[0].SentAtMs > 0,
                $"a note is {notes[0]}");
    }

    private async Task PartnerExists(Bot partner)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            try
            {
                await smoke.Bot.Client.Player.GetProfile(partner.PlayerId);
                return;
            }
            catch (GameErrorException e) when (e.Error == GameError.PlayerNotFound)
            {
                await Task.Delay(50);
            }
        }
        throw new TimeoutException($"{partner.Name} has not created its player.");
    }
}
