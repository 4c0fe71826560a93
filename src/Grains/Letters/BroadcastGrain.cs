using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Letters;

/// <summary>The operators' letters to all.</summary>
[GrainType("broadcasts"), Role(Roles.Social)]
public sealed class BroadcastGrain(
    [PersistentState("broadcasts", "Default")] IPersistentState<BroadcastRecord> storage,
    Catalogue catalogue,
    TimeProvider time) : Grain, IBroadcastGrain
{
    private Task _saving = Task.CompletedTask;

    private BroadcastRecord Record => storage.State;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<GameError> Send(string key, string subject, string text, byte[] gift, DateTimeOffset expires)
    {
        if (Record.Broadcasts.Any(broadcast => broadcast.Key == key))
            return GameError.Ok;
        var value = Value.Parser.ParseFrom(gift);
        var error = LetterRules.ValidateText(subject, text);
        if (error == GameError.Ok)
            error = ValueRules.ValidateGift(catalogue, value);
        if (error != GameError.Ok)
            return error;
        foreach (var old in Record.Broadcasts.Where(broadcast => broadcast.ExpiresAtMs <= NowMs).ToArray())
            Record.Broadcasts.Remove(old);
        if (Record.Broadcasts.Count >= LetterLimits.Broadcasts)
            return GameError.LetterBoxFull;

        Record.Broadcasts.Add(new Broadcast
        {
            Number = ++Record.Last,
            Key = key,
            Subject = subject,
            Text = text,
            Value = value,
            SentAtMs = NowMs,
            ExpiresAtMs = expires.ToUnixTimeMilliseconds(),
        });
        await (_saving = Save());
        return GameError.Ok;
    }

    public async Task<ulong> Head()
    {
        // This may run while a write is under way, and memory is ahead of storage.
        await _saving;
        return Record.Last;
    }

    public async Task<byte[]> After(ulong number)
    {
        await _saving;
        var after = new BroadcastRecord { Last = Record.Last };
        after.Broadcasts.AddRange(Record.Broadcasts.Where(each => each.Number > number && each.ExpiresAtMs > NowMs));
        return after.ToByteArray();
    }

    private async Task Save()
    {
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException("A letter to all was not saved.", e);
        }
    }
}
