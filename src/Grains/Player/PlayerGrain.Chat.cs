using GameBackend.Game;
using GameBackend.Grains.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Player;

/// <summary>What the player says: whether it may, and where it goes. The channel gives it its place.</summary>
public sealed partial class PlayerGrain
{
    private static readonly int ChatKinds = Enum.GetValues<ChatKind>().Length;

    private ChatBreath[]? _breath;
    private (ulong Session, uint Request) _spoken;

    private ChatOptions ChatSettings => ServiceProvider.GetRequiredService<IOptions<ChatOptions>>().Value;

    private ITextFilter TextFilter => ServiceProvider.GetRequiredService<ITextFilter>();

    private uint WorldChannels => (uint)ChatSettings.WorldChannels;

    public async Task<Outcome> Say(Caller caller, ChatKind kind, uint world, long to, string text)
    {
        if (Admit(caller) is { } fenced)
            return fenced;
        if ((uint)kind >= ChatKinds)
            return await Refuse(caller, Outcome.Refused(GameError.ChatChannelInvalid));
        if (text.Length == 0)
            return await Refuse(caller, Outcome.Refused(GameError.InvalidArgument));
        return await Write(caller, [new Writing(text, ChatRules.TextLimit, Kind: kind)], async said =>
        {
            if (TakeBreath(caller, ref (_breath ??= new ChatBreath[ChatKinds])[(int)kind], ChatRules.Pace(kind))
                is { } refused)
                return refused;
            var (channel, problem) = kind == ChatKind.Private ? await PrivateWith(to) : await OpenTo(kind, world);
            if (problem != GameError.Ok)
                return Outcome.Refused(problem);
            return await Relay(caller, key => GrainFactory.GetGrain<IChatChannelGrain>(channel.Channel).Say(
                new ChatSaying(PlayerId, State.Profile.Name, kind == ChatKind.Private ? to : 0, said[0], key)));
        });
    }

    public async Task<ChatAccess> ChatAccess(Caller caller, ChatKind kind, uint world)
    {
        if (RefuseRead(caller) is { } refused)
            return new ChatAccess(refused);
        var (channel, problem) = await OpenTo(kind, world);
        return problem == GameError.Ok ? channel : new ChatAccess(problem);
    }

    public async Task<Outcome> ReadChat(Caller caller, ChatKind kind, uint world, long with, ulong before, uint count)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        if (count > ChatRules.MaxPage)
            return Outcome.Refused(GameError.PageInvalid);
        count = count == 0 ? ChatRules.MaxPage : count;
        if (kind == ChatKind.Private && with == 0)
            return Outcome.Refused(GameError.ChatChannelInvalid);
        var (access, problem) = kind == ChatKind.Private
            ? (new ChatAccess(GameError.Ok, ChatRules.PrivateChannel(PlayerId, with)), GameError.Ok)
            : await OpenTo(kind, world);
        if (problem != GameError.Ok)
            return Outcome.Refused(problem);

        var channel = GrainFactory.GetGrain<IChatChannelGrain>(access.Channel);
        if (before == 0)
            before = (await channel.Read(ulong.MaxValue, 1)).Head + 1;
        if (before == 1)
            return Outcome.Of(new ReadChatReply());
        var from = before > count ? before - count : 1;
        var page = await channel.Read(from, (int)Math.Min(count, before - from));
        var blocked = await Social.Blocked();
        var reply = new ReadChatReply { NextBefore = from > page.First && page.Lines.Length > 0 ? from : 0 };
        foreach (var row in page.Lines.Reverse().Where(row => row.Number < before))
            reply.Lines.Add(Seen(row, blocked));
        return Outcome.Of(reply);
    }

    public async Task Mute(DateTimeOffset until)
    {
        Record.ChatMutedUntilMs = until.ToUnixTimeMilliseconds();
        await Commit();
    }

    private ISocialGrain Social => GrainFactory.GetGrain<ISocialGrain>(PlayerId);

    /// <summary>
    /// Whether the player speaks too fast; null if not. What is sent again takes no breath again.
    /// </summary>
    private Outcome? TakeBreath(Caller caller, ref ChatBreath breath, ChatPace pace)
    {
        if (caller.RequestId != 0 && _spoken == (caller.SessionId, caller.RequestId))
            return null;
        if (!breath.TryTake(pace, NowMs, out var waitMs))
            return Outcome.Refused(GameError.ChatTooFast, waitMs);
        _spoken = (caller.SessionId, caller.RequestId);
        return null;
    }

    private async Task<(ChatAccess Access, GameError Problem)> OpenTo(ChatKind kind, uint world)
    {
        long id;
        switch (kind)
        {
            case ChatKind.World:
                id = world == 0 ? ChatRules.OwnWorld(PlayerId, WorldChannels) : world <= WorldChannels ? world : 0;
                break;
            case ChatKind.Guild:
                id = (await Membership.Get()).Guild;
                break;
            case ChatKind.Team:
                id = (await Membership.Get()).Team;
                break;
            default:
                id = 0;
                break;
        }

        return id == 0
            ? (new ChatAccess(GameError.ChatChannelInvalid), GameError.ChatChannelInvalid)
            : (new ChatAccess(GameError.Ok, ChatRules.Channel(kind, id), id), GameError.Ok);
    }

    private async Task<(ChatAccess Access, GameError Problem)> PrivateWith(long other)
    {
        var access = new ChatAccess(GameError.Ok, ChatRules.PrivateChannel(PlayerId, other));
        if (other == 0 || other == PlayerId)
            return (access, GameError.PlayerNotFound);
        // First of all: nothing else of a player who does not exist is asked.
        if (await NameOf(other) is null)
            return (access, GameError.PlayerNotFound);
        return (access, await IsBlockedBetween(other) ? GameError.FriendBlocked : GameError.Ok);
    }

    /// <summary>Whether one of the two has blocked the other.</summary>
    private async Task<bool> IsBlockedBetween(long other)
    {
        var (mine, theirs) = (Social.Blocked(), GrainFactory.GetGrain<ISocialGrain>(other).Blocked());
        await Task.WhenAll(mine, theirs);
        return (await mine).Contains(other) || (await theirs).Contains(PlayerId);
    }

    private static ChatLine Seen(ChatRow row, long[] blocked)
    {
        var line = ChatLine.Parser.ParseFrom(row.Line);
        return blocked.Contains(row.From) && line.Kind != ChatKind.Private
            ? new ChatLine { Kind = line.Kind, Channel = line.Channel, Number = line.Number, Hidden = true }
            : line;
    }
}
