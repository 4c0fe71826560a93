using System.Globalization;
using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Social;

/// <summary>
/// Decides by the rules, commits, tells. What it owes to the player and to other players' grains stands in its record
/// and is paid beside the commands; see the other files. Who asks for blocks may ask again soon, and others with it: an
/// activation that ended at once would have calls chase it; it is not kept for long.
/// </summary>
[GrainType("social"), Role(Roles.Social), CollectionAgeLimit(Minutes = 2)]
public sealed partial class SocialGrain(
    [PersistentState("social", "Default")] IPersistentState<SocialRecord> storage,
    TimeProvider time,
    ILogger<SocialGrain> logger) : Grain, ISocialGrain, IRemindable
{
    private Task _saving = Task.CompletedTask;

    /// <summary>As this player is called, as far as is known here.</summary>
    private string _name = "";

    private long Id => this.GetPrimaryKeyLong();

    private SocialRecord Record => storage.State;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (Owes)
            TendSoon();
        return Task.CompletedTask;
    }

    public Task<Outcome> Request(SocialActor actor, long player, string name) => Do(
        actor, () => FriendRules.Request(Record, Id, player, name, NowMs),
        () => new RequestFriendReply
        {
            Relation = IsAccepting(player, out var edge) ? FriendRelation.Friend : FriendRules.Relation(edge),
        },
        player,
        receiver: player);

    public Task<Outcome> Answer(SocialActor actor, long player, bool accept) => Do(
        actor, () => FriendRules.Answer(Record, player, accept, NowMs), player: player);

    public Task<Outcome> Remove(SocialActor actor, long player) => Do(
        actor, () => FriendRules.Remove(Record, player, NowMs));

    public Task<Outcome> Block(SocialActor actor, long player, string name, bool blocked) => Do(
        actor, () => blocked
            ? FriendRules.Block(Record, Id, player, name, NowMs)
            : FriendRules.Unblock(Record, player));

    public async Task<Outcome> SetStatus(SocialActor actor, string text)
    {
        var outcome = await Do(actor, () => FriendRules.SetStatus(Record, text));
        if (outcome.Error == GameError.Ok)
            SpreadSoon();
        return outcome;
    }

    public Task<Outcome> List(FriendList list, long after, uint count)
    {
        if (count > FriendRules.MaxPage)
            return Task.FromResult(Outcome.Refused(GameError.PageInvalid));
        var all = Entries(list).Where(entry => entry.PlayerId > (ulong)after).OrderBy(entry => entry.PlayerId);
        var max = count == 0 ? FriendRules.MaxPage : (int)count;
        var page = all.Take(max + 1).ToArray();
        var reply = new ListFriendsReply { Entries = { page.Take(max) } };
        if (page.Length > max)
            reply.NextAfter = page[max - 1].PlayerId;
        return Task.FromResult(Outcome.Of(reply));
    }

    public async Task Hear(long from, string name, SocialWord word)
    {
        if (!FriendRules.Hear(Record, from, name, Word(word), NowMs))
            return;
        await KeepReminder();
        await Commit();
        PaySoon();
    }

    public async Task<long[]> Blocked()
    {
        // This may run while a write is under way, and memory is ahead of storage.
        await _saving;
        return [.. Record.Blocked.Select(mark => mark.Player)];
    }

    public async Task<long[]> Friends()
    {
        await _saving;
        return [.. Record.Edges.Where(edge => FriendRules.Relation(edge) == FriendRelation.Friend)
            .Select(edge => edge.Player)];
    }

    public async Task Meet(SocialPeer[] others)
    {
        foreach (var other in others.Where(other => other.PlayerId != Id))
            FriendRules.Meet(Record, other.PlayerId, other.Name, NowMs);
        await Commit();
    }

    public async Task Renamed(SocialPeer[] others)
    {
        var news = false;
        foreach (var other in others)
            news |= FriendRules.Rename(Record, other.PlayerId, other.Name);
        if (news)
            await Commit();
    }

    private IEnumerable<FriendEntry> Entries(FriendList list) => list switch
    {
        FriendList.Blocked => Record.Blocked.Select(Marked),
        FriendList.Met => Record.Met.Select(Marked),
        _ => Record.Edges.Select(FriendRules.Entry).Where(entry => entry.Relation == list switch
        {
            FriendList.Asked => FriendRelation.Asked,
            FriendList.Asks => FriendRelation.Asks,
            _ => FriendRelation.Friend,
        }),
    };

    private FriendEntry Marked(SocialMark mark) => new()
    {
        PlayerId = (ulong)mark.Player,
        Name = mark.Name,
        Relation = FriendRules.Relation(FriendRules.Edge(Record, mark.Player)),
        SinceMs = mark.AtMs,
    };

    /// <summary>A command: takes effect once for a key, in one write with what is to be told.</summary>
    /// <param name="player">Whose wish it may accept: then it has no answer before that is confirmed.</param>
    /// <param name="receiver">Whose mailbox has to have room for it; 0 if none.</param>
    private async Task<Outcome> Do(
        SocialActor actor, Func<GameError> rule, Func<IMessage>? reply = null, long player = 0, long receiver = 0)
    {
        _name = actor.Name;
        if (KeyedAnswerRules.Find(Record.Done, Id, actor.Key) is { } done)
        {
            return KeyedAnswerRules.IsReused(done, actor.Key)
                ? Outcome.Refused(GameError.RequestIdReused)
                : await Told(done.Reply);
        }

        var hasRoom = receiver == 0
            || await GrainFactory.GetGrain<IMailboxGrain>(receiver).HasRoomFor(Id, PostKind.Change);
        var error = hasRoom ? rule() : GameError.MailboxFull;
        if (error != GameError.Ok)
        {
            ForgetIfEmpty();
            return Outcome.Refused(error);
        }

        var answer = reply?.Invoke().ToByteString() ?? ByteString.Empty;
        if (IsAccepting(player, out var edge))
            edge!.Accepting = new KeyedAnswer { Player = Id, Key = actor.Key, Reply = answer };
        else
            KeyedAnswerRules.Remember(Record.Done, Id, actor.Key, answer, NowMs);
        if (Owes)
            await KeepReminder();
        await Commit();
        return await Told(answer);
    }

    /// <summary>What the player is to be told comes before the answer.</summary>
    private async Task<Outcome> Told(ByteString reply)
    {
        var pushes = new List<MailboxItem>();
        foreach (var push in Record.Outbox.ToArray())
            pushes.Add(await Post(push, PostKind.ChangeWithReply));
        PaySoon();
        return new Outcome(GameError.Ok, reply.ToByteArray(), [.. pushes], pushes.Count == 0 ? 0 : pushes[^1].Seq);
    }

    /// <summary>Most players have nothing here: coming and going must not keep them in memory.</summary>
    private void ForgetIfEmpty()
    {
        if (FriendRules.IsEmpty(Record))
            DeactivateOnIdle();
    }

    private Task Commit() => _saving = Save();

    private async Task Save()
    {
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException(
                string.Create(CultureInfo.InvariantCulture, $"The friends of player {Id} were not saved."), e);
        }
    }
}
