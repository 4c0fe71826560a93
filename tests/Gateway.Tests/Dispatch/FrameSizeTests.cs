using System.Reflection;
using GameBackend.Game;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Transports;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Gateway.Tests.Dispatch;

/// <summary>
/// Every reply and push with its largest legal content is within a frame, or is a page that is cut to fit. A field that
/// is new has to be given its maximum here.
/// </summary>
public sealed class FrameSizeTests
{
    private const int Limit = FrameLimits.MaxFrameBytes;

    /// <summary>Pushes that do not go through a mailbox, which turns what is too large for it into a Resync.</summary>
    private static readonly HashSet<string> s_transient =
        ["Goodbye", "MatchStatus", "PresenceChanged", "BattleSnapshot", "ChatLine", "ServerNotice"];

    public static TheoryData<uint> WholeReplies =>
        [.. Opcodes.Requests.Values.Where(op => PagedRequest.Of(op) is null).Select(op => op.Op)];

    public static TheoryData<uint> Pages =>
        [.. Opcodes.Requests.Values.Where(op => PagedRequest.Of(op) is not null).Select(op => op.Op)];

    public static TheoryData<uint> TransientPushes =>
        [.. Opcodes.Pushes.Values.Where(push => s_transient.Contains(push.Name)).Select(push => push.Op)];

    [Theory, MemberData(nameof(WholeReplies))]
    public void A_reply_that_is_no_page_fits(uint op) =>
        Assert.InRange(SizeOf(op, Messages.Filled(Opcodes.Requests[op].Reply, new Largest())), 1, Limit);

    [Theory, MemberData(nameof(TransientPushes))]
    public void A_transient_push_fits(uint op) =>
        Assert.InRange(SizeOf(op, Messages.Filled(Opcodes.Pushes[op].Message, new Largest())), 1, Limit);

    [Fact]
    public void The_largest_item_of_a_mailbox_fits()
    {
        var frame = new ServerFrame(0, uint.MaxValue, new byte[60_000], ulong.MaxValue);
        Assert.InRange(EnvelopeCodec.Size(frame), 60_000, Limit);
        Assert.Equal(s_transient.Order(), s_transient.Intersect(Opcodes.Pushes.Values.Select(p => p.Name)).Order());
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_is_cut_where_the_frame_ends(uint op)
    {
        var request = Opcodes.Requests[op];
        var full = new Largest();
        var asked = new List<uint>();
        var rig = new Rig(routes => Map(routes, request, sent =>
        {
            var count = (uint)request.Request.FindFieldByName("count").Accessor.GetValue(sent);
            asked.Add(count);
            var page = Messages.Filled(request.Reply, new Largest(count == 0 ? int.MaxValue : (int)count));
            return Task.FromResult(Outcome.Of(page));
        })).Open();
        await rig.Socket.Next();
        rig.Session.Receive(new ClientEnvelope { Id = 5, Op = op }.ToByteArray());
        var answer = await rig.Socket.Next();
        Assert.Equal((5u, GameError.Ok), (answer.Id, answer.Error));
        Assert.InRange(answer.CalculateSize(), 1, Limit);
        var whole = SizeOf(op, Messages.Filled(request.Reply, full)) <= Limit;
        Assert.Equal(whole, asked.Count == 1);
        // Where a page was cut, the frame is used well.
        if (!whole)
            Assert.InRange(answer.CalculateSize(), Limit / 2, Limit);
    }

    [Fact]
    public void Lists_of_any_length_are_pages()
    {
        string[] pages =
        [
            "ListLettersReply", "ReadChatReply", "SearchGuildsReply", "ReadGuildLogReply", "ListFriendsReply",
            "ReadLedgerReply", "ReadHoldingsReply", "ReadBattleHistoryReply", "LeaderboardReply",
        ];
        Assert.Equal(pages.Order(), Opcodes.Requests.Values.Where(op => PagedRequest.Of(op) is not null)
            .Select(op => op.Reply.Name).Distinct().Order());
    }

    private static int SizeOf(uint op, IMessage message) => EnvelopeCodec.Size(
        new ServerFrame(uint.MaxValue, op, message.ToByteArray(), Opcodes.Pushes.ContainsKey(op) ? ulong.MaxValue : 0));

    private static void Map(RouteTable routes, RequestOp op, Func<IMessage, Task<Outcome>> handler) =>
        typeof(FrameSizeTests).GetMethod(nameof(MapTyped), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(op.Request.ClrType, op.Reply.ClrType).Invoke(null, [routes, handler]);

    private static void MapTyped<TRequest, TReply>(RouteTable routes, Func<IMessage, Task<Outcome>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new() =>
        routes.Map<TRequest, TReply>((_, request) => handler(request));

    /// <summary>The most that rules and options allow for.</summary>
    /// <param name="count">Entries that were asked for in a page.</param>
    private sealed class Largest(int count = int.MaxValue) : IFieldSizes
    {
        /// <summary>In characters, of three bytes each.</summary>
        private static readonly Dictionary<string, int> s_texts = new()
        {
            ["name"] = 16,
            ["from_name"] = 16,
            ["by_name"] = 16,
            ["actor_name"] = 16,
            ["target_name"] = 16,
            ["leader_name"] = 16,
            ["tag"] = GuildNames.TagMaxLength,
            ["emblem"] = GuildRules.EmblemLimit,
            ["notice"] = GuildRules.TextLimit,
            ["message_of_the_day"] = GuildRules.TextLimit,
            ["avatar"] = 64,
            ["motto"] = 140,
            ["status_text"] = FriendRules.StatusLimit,
            ["subject"] = LetterLimits.Subject,
            ["label"] = TeamRules.LabelLimit,
            ["detail"] = 1000,
            ["GuildProfile.name"] = GuildNames.MaxLength,
            ["GuildSummary.name"] = GuildNames.MaxLength,
            ["GuildInvitation.name"] = GuildNames.MaxLength,
            ["GuildTurned.name"] = GuildNames.MaxLength,
            ["ChatLine.text"] = ChatRules.TextLimit,
            ["SayReply.text"] = ChatRules.TextLimit,
            ["Note.text"] = ChatRules.NoteLimit,
            ["Letter.text"] = LetterLimits.Text,
            ["TeamSettings.text"] = TeamRules.TextLimit,
            ["ServerNotice.text"] = 1000,
        };

        /// <summary>Of ASCII: ids of the catalogue, and what servers make.</summary>
        private static readonly Dictionary<string, int> s_ids = new()
        {
            ["currency"] = 64,
            ["item"] = 64,
            ["pet"] = 64,
            ["kind"] = 64,
            ["mode"] = 64,
            ["map"] = 64,
            ["role"] = 64,
            ["board"] = 64,
            ["offer"] = 64,
            ["what"] = 64,
            ["region"] = 64,
            ["reason"] = 64,
            ["cause"] = 64,
            ["idempotency_key"] = 160,
            ["next_cursor"] = 344,
            ["gateway"] = 300,
            ["tcp"] = 300,
            ["websocket"] = 300,
            ["kcp"] = 300,
            ["version"] = 40,
        };

        private static readonly Dictionary<string, int> s_bytes = new()
        {
            ["EchoReply.payload"] = Limit - 16,
            ["ReadReplayReply.setup"] = 20 * 1024,
            ["ReadReplayReply.log"] = 32 * 1024,
        };

        private static readonly Dictionary<string, int> s_lists = new()
        {
            ["Value.currencies"] = 100,
            ["Value.items"] = 50,
            ["Value.pets"] = 50,
            ["TradeView.sides"] = 2,
            ["BattleResult.sides"] = 8,
            ["BattleResult.fighters"] = 16,
            ["BattleInfo.fighters"] = 16,
            ["BattleSnapshot.fighters"] = 16,
            ["BattleSnapshot.fighters_gone"] = 16,
            ["BattleSnapshot.projectiles"] = 48,
            ["BattleSnapshot.projectiles_gone"] = 48,
            ["BattleSnapshot.areas"] = 32,
            ["BattleSnapshot.areas_gone"] = 32,
            ["BattleSnapshot.pickups"] = 64,
            ["BattleSnapshot.sides"] = 8,
            ["BattleSnapshot.events"] = 32,
            ["FighterSnapshot.ready_ticks"] = 5,
            ["ClaimAllLettersReply.claimed"] = LetterLimits.ClaimedAtOnce,
            ["ClaimAllLettersReply.refused"] = LetterLimits.ClaimedAtOnce,
            ["GetRatingsReply.ratings"] = 100,
            ["Goodbye.gateways"] = 4,
            ["GuildApplications.requests"] = 200,
            ["GuildApplications.invitations"] = 200,
            ["GuildBans.bans"] = 200,
            ["GuildInvitations.invitations"] = 20,
            ["GuildView.members"] = 200,
            ["rights"] = 3,
            ["permissions"] = 7,
            ["donated"] = 100,
            // The catalogue's check counts bytes.
            ["GuildShop.offers"] = 3,
            ["LeaderboardReply.entries"] = 101,
            ["ListFriendsReply.entries"] = FriendRules.MaxPage,
            ["ListLettersReply.letters"] = (int)LetterLimits.Page,
            ["ReadBattleHistoryReply.entries"] = 50,
            ["ReadChatReply.lines"] = ChatRules.MaxPage,
            ["ReadGuildLogReply.entries"] = 100,
            ["ReadLedgerReply.entries"] = 100,
            ["SearchGuildsReply.guilds"] = GuildDirectory.MaxPage,
            ["ReadHoldingsReply.hands"] = 356,
            ["ReadHoldingsReply.letters"] = 4_000,
            ["ReadHoldingsReply.escrow"] = 48,
            ["ReadHoldingsReply.in_transit"] = 200,
            ["PlayerView.wallet"] = 100,
            ["Bag.slots"] = 200,
            ["PlayerView.pets"] = 50,
            ["PlayerView.equipment"] = 6,
            ["PresenceChanged.players"] = 1,
            ["TeamView.members"] = 10,
            ["TeamView.asking"] = TeamRules.MaxWishes,
            ["Welcome.send_again"] = 64,
        };

        private int _left = count;

        public int Entries(FieldDescriptor field)
        {
            var most = Of(s_lists, field);
            if (!IsPage(field))
                return most;
            var taken = Math.Min(most, _left);
            _left -= taken;
            return taken;
        }

        public string Text(FieldDescriptor field) => s_ids.TryGetValue(field.Name, out var length)
            ? new string('x', length)
            : new string('\u3042', Of(s_texts, field));

        public int Bytes(FieldDescriptor field) => Of(s_bytes, field);

        private static int Of(Dictionary<string, int> maxima, FieldDescriptor field) =>
            maxima.TryGetValue($"{field.ContainingType.Name}.{field.Name}", out var most)
            || maxima.TryGetValue(field.Name, out most)
                ? most
                : throw new InvalidOperationException($"How large may {field.FullName} be?");

        private static bool IsPage(FieldDescriptor list) => list.FieldType == FieldType.Message
            && Opcodes.Requests.Values.Any(op => op.Reply == list.ContainingType && PagedRequest.Of(op) is not null);
    }
}
