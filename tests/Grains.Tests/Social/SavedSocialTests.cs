using GameBackend.Game;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace GameBackend.Grains.Tests.Social;

/// <summary>Records of teams and friends as they were stored once. The files are never written again.</summary>
public sealed class SavedSocialTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_saved_team_loads_with_every_value_in_its_place()
    {
        var team = Load<TeamRecord>("team-record-1.bin");
        AssertWhole(team, upTo: 13);
        AssertWhole(team.Members[0], upTo: 7);
        Assert.Equal((4611686018427387905, 12ul, 1234567890123456789), (team.Id, team.Version, team.Leader));
        Assert.Equal(("squad", true, "dragons", "tonight"),
            (team.Settings.Mode, team.Settings.Open, team.Settings.Label, team.Settings.Text));
        Assert.Equal(("ann", 3ul, "bob"), (team.Members[0].Name, team.Members[0].LostBefore, team.Members[1].Name));
        Assert.Equal(
            (43, 42, 1700000180000), (team.Invited[0].Player, team.Invited[0].By, team.Invited[0].ExpiresAtMs));
        Assert.Equal((44, 45, "5f/7", 46), (
            team.Asking[0].Player, team.Joining[0].Player, team.Joining[0].Request.Key, team.Releasing[0]));
        Assert.Equal(("5f/6", 750u, 10ul), (team.Done[0].Key, team.Outbox[0].Op, team.NextPush));
    }

    [Fact]
    public void Saved_friends_load_with_every_value_in_its_place()
    {
        var social = Load<SocialRecord>("social-record-1.bin");
        AssertWhole(social, upTo: 7);
        var edge = social.Edges[0];
        AssertWhole(edge, upTo: 6);
        Assert.Equal((1700000000000ul, 1700000000000ul, 5ul), (edge.Mine.Version, edge.Mine.Wish, edge.Mine.Rejects));
        Assert.Equal((1700000000001ul, 7ul, 6ul), (edge.Theirs.Version, edge.Theirs.Wish, edge.Theirs.Rejects));
        Assert.Equal((43, "dan", "busy", 3ul),
            (social.Blocked[0].Player, social.Met[0].Name, social.StatusText, social.NextPush));
    }

    private static void AssertWhole(IMessage message, int upTo) => Assert.All(
        message.Descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldNumber <= upTo),
        field => Assert.NotEqual(
            field.Accessor.GetValue(message.Descriptor.Parser.ParseFrom(ByteString.Empty)),
            field.Accessor.GetValue(message)));

    private T Load<T>(string sample) =>
        new ProtobufGrainStorageSerializer(_services.GetRequiredService<Serializer>()).Deserialize<T>(
            new BinaryData(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", sample))));
}
