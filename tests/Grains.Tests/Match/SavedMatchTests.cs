using GameBackend.Game;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace GameBackend.Grains.Tests.Match;

/// <summary>Records of queues and boards as they were stored once. The files are never written again.</summary>
public sealed class SavedMatchTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_saved_queue_loads_with_every_value_in_its_place()
    {
        var changes = await Journaled<MatchQueueChange>("match-queue-1.bin");
        Assert.Equal(2, changes.Count);
        AssertWhole(changes[0], upTo: 5);
        var ticket = changes[0].Waiting[0];
        AssertWhole(ticket, upTo: 5);
        AssertWhole(ticket.Members[0], upTo: 5);
        Assert.Equal((11ul, 1700000000000, 77L), (ticket.Id, ticket.EnqueuedAtMs, ticket.Team));
        Assert.Equal((42ul, 1512.5, 10u, "mage", 3ul), (
            ticket.Members[0].PlayerId, ticket.Members[0].Rating, ticket.Members[0].Level, ticket.Members[0].Role,
            ticket.Members[0].LostBefore));
        Assert.Equal(("eu-west", 25u), (ticket.Latencies[0].Region, ticket.Latencies[0].Milliseconds));
        var check = changes[0].Checks[0];
        AssertWhole(check, upTo: 7);
        AssertWhole(check.Sides[0], upTo: 2);
        AssertWhole(check.Ready[0], upTo: 7);
        Assert.Equal((99ul, "eu-west", 1700000015000, StoredCheckState.Off, 43ul),
            (check.MatchId, check.Region, check.DeadlineMs, check.State, check.Absent[0]));
        Assert.Equal(("ann", "ranger", 1500.0, 350.0, 0.06), (
            check.Ready[0].Name, check.Ready[0].Role, check.Ready[0].Rating, check.Ready[0].Deviation,
            check.Ready[0].Volatility));
        Assert.Equal((43ul, 2u, 1700000000000, 1700000030000), (
            changes[0].Penalties[0].PlayerId, changes[0].Penalties[0].Count, changes[0].Penalties[0].LastAtMs,
            changes[0].Penalties[0].UntilMs));
        Assert.Equal(([12ul], [98ul]), (changes[0].Gone, changes[0].ChecksGone));
        Assert.Equal([11ul], changes[1].Gone);
    }

    [Fact]
    public async Task A_saved_board_loads_with_every_value_in_its_place()
    {
        var record = Load<BoardRecord>("board-record-1.bin");
        AssertWhole(record, upTo: 2);
        Assert.Equal((9u, 8u, 200u), (record.Season, record.Closing[0].Season, record.Closing[0].ThroughRank));
        var place = Assert.Single(await Journaled<BoardChange>("board-1.bin")).Places[0];
        AssertWhole(place, upTo: 5);
        Assert.Equal((42ul, "ann", -5L, 17L), (place.PlayerId, place.Name, place.Score, place.SinceSeq));
        Assert.Equal(["battle/1", "battle/2"], place.Counted);
    }

    [Fact]
    public void Saved_memberships_load_with_every_value_in_its_place()
    {
        var record = Load<MembershipRecord>("membership-2.bin");
        AssertWhole(record, upTo: 5);
        Assert.Equal((1L, 2L, 3L, "1v1/europe", 4L),
            (record.Guild, record.Team, record.Battle, record.Queue, record.LastBattle));
    }

    [Fact]
    public void A_saved_penalty_loads_with_every_value_in_its_place()
    {
        var record = Load<MembershipRecord>("membership-3.bin");
        Assert.Equal((4L, 2u, 3L, 4L, 5L), (
            record.LastBattle, record.Penalty.Count, record.Penalty.LastAtMs, record.Penalty.UntilMs,
            record.Penalty.Match));
    }

    [Fact]
    public async Task Saved_waits_load_with_every_value_in_its_place()
    {
        var wait = Assert.Single(Assert.Single(await Journaled<MatchQueueChange>("match-queue-2.bin")).Waits);
        Assert.Equal((7u, 12u), (wait.Band, wait.Seconds));
    }

    private static void AssertWhole(IMessage message, int upTo) => Assert.All(
        message.Descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldNumber <= upTo),
        field => Assert.NotEqual(
            field.Accessor.GetValue(message.Descriptor.Parser.ParseFrom(ByteString.Empty)),
            field.Accessor.GetValue(message)));

    private T Load<T>(string sample) =>
        new ProtobufGrainStorageSerializer(_services.GetRequiredService<Serializer>())
            .Deserialize<T>(new BinaryData(Bytes(sample)));

    private static Task<List<T>> Journaled<T>(string sample) where T : IMessage<T>, new() =>
        new Journal<T>(new SavedLog(Bytes(sample)), "sample", () => new T()).Open();

    private static byte[] Bytes(string sample) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", sample));

    /// <summary>A log with one item.</summary>
    private sealed class SavedLog(byte[] item) : ILogStore
    {
        public Task<LogBounds> Open(string log) => Task.FromResult(new LogBounds(1, 1));

        public Task<IReadOnlyList<LogEntry>> Read(string log, ulong fromSeq, int max) =>
            Task.FromResult<IReadOnlyList<LogEntry>>([new LogEntry(1, item)]);

        public Task<LogAppend> Append(string log, ulong seq, string messageId, ReadOnlyMemory<byte> item) =>
            throw new NotSupportedException();

        public Task Trim(string log, ulong throughSeq) => throw new NotSupportedException();

        public Task<LogAppend> Replace(string log, ulong seq, ReadOnlyMemory<byte> item) =>
            throw new NotSupportedException();

        public Task Delete(string log) => throw new NotSupportedException();
    }
}
