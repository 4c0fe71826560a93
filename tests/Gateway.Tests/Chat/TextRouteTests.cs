using GameBackend.Grains.Interfaces;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Gateway.Tests.Chat;

/// <summary>
/// Every text of every request is under the rule of texts and an operator's mute, before anything else is looked at.
/// The descriptors say which texts there are.
/// </summary>
[Collection(SharedBackendTests.Name)]
public sealed class TextRouteTests(SharedBackend shared)
{
    /// <summary>Strings that no other player sees as they are: ids of the catalogue, tokens, searches.</summary>
    private static readonly string[] Unseen =
    [
        "LoginRequest.access_token", "LoginRequest.client_version", "ResumeRequest.access_token",
        "ItemStack.item", "Balance.currency", "DonateToGuildRequest.currency", "BuyRequest.item", "Pet.kind",
        "BuyFromGuildRequest.offer", "SearchGuildsRequest.prefix", "SearchGuildsRequest.cursor",
        "QueueMatchRequest.mode", "QueueMatchRequest.role", "RegionLatency.region", "AnswerReadyRequest.role",
        "TeamSettings.mode", "ReadLeaderboardRequest.board", "ReadAroundRequest.board", "ReadAmongFriendsRequest.board",
    ];

    private static readonly string[] Unfit =
        [" ", "\u200B\u200B\u200B", "\u2800\u3000 ", "ab\u2028c", "ab\u2029c", "ab\u202Ec", "ab\u2066c", "ab\u200Fc",
        "ab\u200Dc", "ab\uFEFFc", "ab\u0000c", "ab\U000E0041c"];

    private static readonly GameError[] Refusals =
        [GameError.InvalidArgument, GameError.NameInvalid, GameError.GuildNameInvalid, GameError.GuildTagInvalid];

    public static IEnumerable<object[]> Texts() =>
        from request in Opcodes.Requests.Values
        from path in StringsOf(request.Request, [])
        where !Unseen.Contains($"{path[^1].ContainingType.Name}.{path[^1].Name}")
        select new object[] { request.Op, string.Join('.', path.Select(each => each.Name)) };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Every_text_is_under_the_rule(uint op, string field)
    {
        var isCreation = Opcodes.Requests[op].Request == CreatePlayerRequest.Descriptor;
        await using var client = isCreation
            ? await (await shared.Backend.NewAccount()).LogIn(Transport.Tcp)
            : await shared.Backend.Play(Transport.Tcp);
        foreach (var text in Unfit)
            Assert.Contains(await Ask(client, op, field, text), Refusals);
        if (!isCreation)
        {
            var player = shared.Backend.Grains.GetGrain<IPlayerChat>((long)client.Account.PlayerId);
            await player.Mute(DateTimeOffset.UtcNow.AddHours(1));
            Assert.Equal(GameError.ChatMuted, await Ask(client, op, field, "abc"));
            await player.Mute(DateTimeOffset.UnixEpoch);
        }

        Assert.DoesNotContain(await Ask(client, op, field, "abc"), Refusals.Append(GameError.ChatMuted));
    }

    [Fact]
    public void What_is_said_to_be_unseen_is_there()
    {
        var all = Opcodes.Requests.Values.SelectMany(request => StringsOf(request.Request, []))
            .Select(path => $"{path[^1].ContainingType.Name}.{path[^1].Name}").ToHashSet();
        Assert.Empty(Unseen.Except(all));
    }

    /// <summary>A request whose texts are all fit but for one field.</summary>
    private static async Task<GameError> Ask(RawClient client, uint op, string field, string text)
    {
        var request = Opcodes.Requests[op].Request.Parser.ParseFrom(ByteString.Empty);
        foreach (var path in StringsOf(request.Descriptor, []))
        {
            var name = string.Join('.', path.Select(each => each.Name));
            var isText = !Unseen.Contains($"{path[^1].ContainingType.Name}.{path[^1].Name}");
            if (isText)
                Set(request, path, name == field ? text : "abc");
        }

        var id = client.NextId();
        await client.Send(new ClientEnvelope { Id = id, Op = op, Body = request.ToByteString() });
        return (await client.Answer(id)).Error;
    }

    private static void Set(IMessage message, FieldDescriptor[] path, string text)
    {
        foreach (var field in path[..^1])
        {
            if (field.Accessor.GetValue(message) is null)
                field.Accessor.SetValue(message, field.MessageType.Parser.ParseFrom(ByteString.Empty));
            message = (IMessage)field.Accessor.GetValue(message);
        }

        path[^1].Accessor.SetValue(message, text);
    }

    private static IEnumerable<FieldDescriptor[]> StringsOf(MessageDescriptor message, FieldDescriptor[] above)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.String)
                yield return [.. above, field];
            if (field.FieldType == FieldType.Message && above.All(each => each.ContainingType != field.MessageType))
            {
                foreach (var inner in StringsOf(field.MessageType, [.. above, field]))
                    yield return inner;
            }
        }
    }
}
