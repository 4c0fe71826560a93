using System.Diagnostics;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using GameBackend.Protocol;
using GameBackend.TestKit.Wire;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>
/// Redis answers nobody for longer than a call may take. Whatever buyers are told meanwhile is true in the end.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class UnclearPurchaseTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private const int Buyers = 12;
    private const int PauseMs = 9000;
    private static readonly TimeSpan BuyEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly BuyRequest Request = new() { Item = "wood.oak", Count = 1 };

    [Fact]
    public Task A_purchase_over_a_pause_of_redis_is_paid_once_and_never_said_to_be_undone() => Within(180, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var buyers = await Task.WhenAll(Enumerable.Range(0, Buyers).Select(_ => Buyer.Of(cluster.Gateways[0])));
        using var stop = new CancellationTokenSource();
        Task[] buying = [.. buyers.Select(buyer => buyer.Buy(stop.Token))];
        await Wait.Until("all buy", () => buyers.All(buyer => buyer.Bought > 2), Patience);

        await using (var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Redis.ConnectionString}"))
            await redis.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", PauseMs, "ALL");
        var paused = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromMilliseconds(PauseMs));
        var before = buyers.Select(buyer => buyer.Bought).ToArray();
        await Wait.Until(
            "all buy on", () => buyers.Zip(before).All(each => each.First.Bought > each.Second + 1), Patience);
        Say($"all buy on {Stopwatch.GetElapsedTime(paused).TotalSeconds - PauseMs / 1000.0:0.0} s after the pause");
        await stop.CancelAsync();
        await Task.WhenAll(buying);

        var answers = buyers.SelectMany(buyer => buyer.Answers).GroupBy(error => error);
        Say($"{string.Join(", ", answers.Select(each => $"{each.Count()} {each.Key}"))}");
        foreach (var buyer in buyers)
            await buyer.Check();
        Assert.Contains(buyers, buyer => buyer.Answers.Contains(GameError.Unavailable));
    });

    private sealed class Buyer(TestPlayer player, RawClient raw, long gold)
    {
        private const int Price = 3;

        public int Bought { get; private set; }

        public List<GameError> Answers { get; } = [];

        public static async Task<Buyer> Of(Node gateway)
        {
            var player = await TestPlayer.Join(gateway);
            var raw = await RawClient.Connect(gateway, Transport.Tcp);
            await raw.LogIn(new Account(gateway, player.PlayerId, await player.Token(), ""));
            return new Buyer(player, raw, await Gold(raw));
        }

        /// <summary>One purchase after the other, each sent again under its id until there is an answer.</summary>
        public async Task Buy(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                var id = raw.NextId();
                GameError error;
                do
                {
                    await Task.Delay(BuyEvery, CancellationToken.None);
                    await raw.Send(RawClient.Envelope(Request, id));
                    error = (await raw.Answer(id)).Error;
                    Answers.Add(error);
                }
                while (error == GameError.Unavailable);

                Bought += error == GameError.Ok ? 1 : 0;
            }
        }

        public async Task Check()
        {
            Assert.All(Answers, error => Assert.Contains(error, new[] { GameError.Ok, GameError.Unavailable }));
            Assert.Equal(gold - Price * Bought, await Gold(raw));
            await raw.DisposeAsync();
            await player.DisposeAsync();
        }

        private static async Task<long> Gold(RawClient raw) =>
            (await raw.Fetch()).Wallet.Single(balance => balance.Currency == "gold").Amount;
    }
}
