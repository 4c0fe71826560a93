using GameBackend.Game;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Player;

/// <summary>Profile, name and wallet.</summary>
public sealed partial class PlayerGrain
{
    private string LedgerLog => $"ledger/{PlayerId}";

    public async Task<Outcome> Create(Caller caller, string name)
    {
        if (Admit(caller, creates: true) is { } refused)
            return refused;
        if (await TakeName(name) is { } taken)
            return await Refuse(caller, taken);
        var outcome = await Named(Change<CreatePlayerRequest>(
            caller, (state, catalogue, act) => PlayerRules.Create(state, catalogue, act, name), creates: true));
        TellPresence();
        return outcome;
    }

    public Task<Outcome> Fetch(Caller caller) => Task.FromResult(RefuseRead(caller) is { } refused
        ? Outcome.Refused(refused)
        : Outcome.Of(PlayerViews.Whole(PlayerId, State, catalogue)));

    public async Task<Outcome> Rename(Caller caller, string name)
    {
        if (Admit(caller) is { } refused)
            return refused;
        if (IsMuted)
            return await Refuse(caller, Outcome.Refused(GameError.ChatMuted));
        var outcome = await TakeOtherName(caller, name);
        if (outcome.Error == GameError.Ok)
            TellPresence();
        return outcome;
    }

    private async Task<Outcome> TakeOtherName(Caller caller, string name)
    {
        var former = State.Profile.Name;
        if (PlayerRules.NameKeys(former).SequenceEqual(PlayerRules.NameKeys(name)))
            return await Change<RenameRequest>(caller, (state, c, act) => PlayerRules.Rename(state, c, act, name));
        if (await TakeName(name) is { } taken)
            return await Refuse(caller, taken);
        // From here on it is the former name that has to be given back.
        return await Named(Change<RenameRequest>(caller, (state, catalogue, act) =>
        {
            var decision = PlayerRules.Rename(state, catalogue, act, name);
            if (decision.Ok)
                Record.NameInQuestion = former;
            return decision;
        }));
    }

    public Task<Outcome> SetProfile(Caller caller, string avatar, string motto) => Write(
        caller,
        // The rules count code points, of which each has at most two code units.
        [new Writing(avatar, 2 * PlayerRules.AvatarLimit), new Writing(motto, 2 * PlayerRules.MottoLimit)],
        shown => Change<SetProfileRequest>(
            caller, (state, catalogue, act) => PlayerRules.SetProfile(state, catalogue, act, shown[0], shown[1])));

    public Task<Outcome> Buy(Caller caller, string item, uint count) => Change<BuyRequest>(
        caller, (state, catalogue, act) => ShopRules.Buy(state, catalogue, act, item, count));

    public async Task<Outcome> ReadLedger(Caller caller, ulong beforeSeq, uint count)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var reading = LedgerRules.ReadTail(State, beforeSeq, count);
        if (reading.Error != GameError.Ok)
            return Outcome.Refused(reading.Error);
        while (reading.MissingPage is { } page)
        {
            reading.Add(await ReadPage(page));
        }

        return Outcome.Of(reading.ToReply());
    }

    public async Task<byte[]?> GetPublicProfile()
    {
        if (!await ExistsForOthers())
            return null;
        var online = Record.Session is { Live: true, DetachedAtMs: 0 };
        return PlayerViews.Public(PlayerId, State, catalogue, online).ToByteArray();
    }

    private async Task<bool> ExistsForOthers()
    {
        // What others ask runs between this player's own requests; a write may be under way.
        await _saving;
        if (PlayerRules.Exists(State))
            return true;
        // Asking for players that do not exist must not fill the memory.
        if (!Record.Session.Live)
            DeactivateOnIdle();
        return false;
    }

    /// <summary>
    /// Takes a name for this player. The wish is saved first, so that a name that was taken and never borne is given
    /// back, whenever this is cut off.
    /// </summary>
    private async Task<Outcome?> TakeName(string name)
    {
        var error = PlayerRules.ValidateName(name);
        if (error == GameError.Ok)
            error = await ReviewName(name, GameError.NameInvalid);
        if (error != GameError.Ok)
            return Outcome.Refused(error);
        await SettleName();
        Record.NameInQuestion = name;
        await Commit();
        if (await TakeKeys(PlayerRules.NameKeys(name)))
        {
            Record.HasNameKeys = true;
            return null;
        }

        // Keys that were taken before the one that is another's.
        await SettleName();
        await Commit();
        return Outcome.Refused(GameError.NameTaken);
    }

    private async Task<bool> TakeKeys(string[] keys)
    {
        foreach (var key in keys)
        {
            if (!await NameGrain(key).Take(PlayerId))
                return false;
        }

        return true;
    }

    /// <summary>
    /// A player who was named when names had one key takes the others. What another player has by now stays that
    /// player's. What fails is done by the next activation.
    /// </summary>
    private async Task TakeOtherKeys()
    {
        if (Record.HasNameKeys || !PlayerRules.Exists(State))
            return;
        try
        {
            foreach (var key in PlayerRules.NameKeys(State.Profile.Name).Skip(1))
                await NameGrain(key).Take(PlayerId);
            // Saved with the next change; taking them again does no harm.
            Record.HasNameKeys = true;
        }
        catch (Exception e)
        {
            LogKeysNotTaken(e, PlayerId, State.Profile.Name);
        }
    }

    private async Task<Outcome> Named(Task<Outcome> change)
    {
        var outcome = await change;
        await TrySettleName();
        return outcome;
    }

    /// <summary>What fails here is done by the next activation, or before the next name is taken.</summary>
    private async Task TrySettleName()
    {
        try
        {
            await SettleName();
        }
        catch (Exception e)
        {
            LogNameNotReleased(e, PlayerId, Record.NameInQuestion);
        }
    }

    /// <summary>Gives the name in question back, unless it is the player's own by now.</summary>
    private async Task SettleName()
    {
        if (Record.NameInQuestion.Length == 0)
            return;
        string[] own = PlayerRules.Exists(State) ? PlayerRules.NameKeys(State.Profile.Name) : [];
        foreach (var key in PlayerRules.NameKeys(Record.NameInQuestion).Except(own))
            await NameGrain(key).Release(PlayerId);
        // Saved with the next change; until then giving it back again does no harm.
        Record.NameInQuestion = "";
    }

    private INameGrain NameGrain(string folded) => GrainFactory.GetGrain<INameGrain>($"player/{folded}");

    /// <summary>Moves old entries out of the record. What fails here is done with a later change.</summary>
    private async Task ArchiveLedger()
    {
        try
        {
            while (LedgerRules.TakePage(State) is { } page)
            {
                var number = LedgerRules.NumberOf(page);
                await ArchivePage(number, page.ToByteArray());
                LedgerRules.Archived(State, page);
            }
        }
        catch (Exception e)
        {
            LogArchiveFailed(e, PlayerId);
        }
    }

    private async Task<LedgerPage> ReadPage(ulong number)
    {
        IReadOnlyList<LogEntry> entries;
        try
        {
            // Page n is item n + 1 of the log.
            entries = await logs.Read(LedgerLog, number + 1, 1);
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"The ledger of player {PlayerId} cannot be read now.", e);
        }

        return LedgerPage.Parser.ParseFrom(entries[0].Item);
    }

    private async Task ArchivePage(ulong number, byte[] page)
    {
        try
        {
            await logs.Append(LedgerLog, number + 1, $"page/{number}", page);
        }
        catch (LogFencedException fenced) when (fenced.Head > number)
        {
            // It has been archived before, by an activation that did not live to drop it from the record.
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The name {Name} of player {PlayerId} could not be given back yet")]
    private partial void LogNameNotReleased(Exception exception, long playerId, string name);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The keys of name {Name} of player {PlayerId} could not all be taken; the next activation retries")]
    private partial void LogKeysNotTaken(Exception exception, long playerId, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger of player {PlayerId} could not be archived")]
    private partial void LogArchiveFailed(Exception exception, long playerId);
}
