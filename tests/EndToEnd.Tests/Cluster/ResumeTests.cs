using GameBackend.Client;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.Protocol;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>Sessions that go on elsewhere when their gateway dies.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ResumeTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private const string Motto = "told to nobody";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public Task B7_Pushes_and_a_request_in_flight_outlive_the_gateway() => Within(90, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var (first, second) = (cluster.Gateways[0], cluster.Gateways[1]);
        var line = new HeldTransports();
        await using var player = await TestPlayer.Join(line.Connect, first, second);
        await using var friend = await TestPlayer.Join(second, first);
        var before = await player.Client.Player.Fetch();
        var notes = 0;
        async Task SendNotes(int count)
        {
            for (var end = notes + count; notes < end; notes++)
                await friend.Client.Mailbox.SendNote(player.PlayerId, $"{notes}");
        }

        await SendNotes(10);
        await Wait.Until("notes arrive", () => player.Notes.Count() == notes, Patience);

        // Two writes take effect, in this order, and the player hears of neither; notes are lost on the way as well.
        line.Deafen();
        var purchase = player.Client.Player.Buy("wood.oak", 2);
        var motto = player.Client.Player.SetProfile("fox", Motto);
        await Wait.Until("the motto is set", () => HasMotto(friend, player.PlayerId), Patience);
        await SendNotes(10);
        Assert.False(purchase.IsCompleted || motto.IsCompleted);

        line.Part();
        await first.Kill();
        Say($"gateway-1 is killed, two writes are unanswered, {notes - player.Notes.Count()} notes have not arrived");
        await SendNotes(20);
        line.Join();
        await Task.WhenAll(purchase, motto).Within(Patience.TotalSeconds);
        await SendNotes(10);
        await Wait.Until("all notes arrive", () => player.Notes.Count() >= notes, Patience);

        Assert.Equal(Enumerable.Range(0, notes).Select(number => $"{number}"), player.Notes.Select(note => note.Text));
        AssertInOrder(player.Pushes);
        var after = await player.Client.Player.Fetch();
        Assert.Equal(before.Version + 2, after.Version);
        Assert.Equal(Motto, after.Profile.Motto);
        Assert.Single(await player.Ledger(), entry => entry is { Reason: "shop.buy", Item: "" });
        Assert.Equal(1, player.Client.Statistics.Resumes);
        Assert.Equal(0, player.Client.Statistics.SessionsLost);
        Say($"{notes} notes, {player.Pushes.Length} pushes, resumed at {player.Client.Gateway}");
    });

    [Fact]
    public Task A6_A_login_at_another_gateway_replaces_the_older_connection() => Within(90, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var (first, second) = (cluster.Gateways[0], cluster.Gateways[1]);
        await using var player = await TestPlayer.Join(first, second);
        var writer = await Writer.For(player);
        await writer.Write();
        var older = player.Client;

        await player.LogIn(second);
        await Wait.Until("the older client is closed", () => player.Closings.Count > 0, Patience);
        Assert.Equal(CloseReason.Replaced, Assert.Single(player.Closings).Reason);
        Assert.Equal(
            GoodbyeReason.Replaced, Assert.Single(player.Pushes.Select(push => push.Message).OfType<Goodbye>()).Reason);
        await Assert.ThrowsAsync<ClientClosedException>(() => older.Player.Fetch());
        Assert.True(player.Client.Epoch > older.Epoch);
        for (var i = 0; i < 20; i++)
            await writer.Write();

        var home = await cluster.SiloOf(player.PlayerId);
        Assert.NotNull(home);
        await home.Kill();
        Say($"{home.Name} is killed, the player's home");
        await player.DisposeClient();
        await player.LogIn(first);
        await writer.CheckAll();
        await writer.Write();
        await writer.CheckAll();
        Assert.NotEqual(home, await cluster.SiloOf(player.PlayerId));
        Say($"{writer.Acknowledged} acknowledged writes are there");
        await older.DisposeAsync();
    });

    private static async Task<bool> HasMotto(TestPlayer asking, ulong playerId) =>
        (await asking.Client.Player.GetProfile(playerId)).Profile.Motto == Motto;

    private static void AssertInOrder(Push[] pushes)
    {
        var numbers = pushes.Where(push => push.Seq != 0).Select(push => (int)push.Seq).ToArray();
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
    }
}
