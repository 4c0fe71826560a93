using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

public sealed class EmbeddedCompactionTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Overwritten_values_give_their_space_back_by_themselves()
    {
        using (var store = _directory.Open(
            options => (options.CompactAboveBytes, options.SegmentBytes) = (50_000, 20_000)))
        {
            // Ten keys of 1 KB each, written five hundred times over: 5 MB, of which 10 KB are in force.
            for (var round = 0; round < 500; round++)
                await Task.WhenAll(Enumerable.Range(0, 10).Select(i => store.Put("t", $"{i}", Value(round, i), null)));
            await store.Compact();
            Assert.InRange(store.TotalBytes, 10_000, 12_000);
            Assert.Equal(store.TotalBytes, _directory.Files.Sum(file => new FileInfo(_directory.PathOf(file)).Length));
        }

        using var again = _directory.Open();
        for (var i = 0; i < 10; i++)
            Assert.Equal(Value(499, i), (await again.Get("t", $"{i}"))!.Value.Value);
    }

    [Fact]
    public async Task The_store_compacts_without_being_asked()
    {
        using var store = _directory.Open(
            options => (options.CompactAboveBytes, options.SegmentBytes) = (20_000, 1_000_000));
        var written = 0;
        while (!_directory.Files.Any(file => file.EndsWith(".snap", StringComparison.Ordinal)))
        {
            await store.Put("t", "k", new byte[500], null);
            Assert.True(++written < 100_000, "No snapshot has come into being.");
        }
    }

    [Fact]
    public async Task Logs_that_hold_message_ids_alone_are_not_compacted_again_and_again()
    {
        using var store = _directory.Open(options => options.CompactAboveBytes = 1_000);
        for (var log = 0; log < 20; log++)
        {
            for (var seq = 1UL; seq <= 8; seq++)
                await store.AppendToLog($"log {log}", seq, $"m{seq}", new byte[10]);
            await store.TrimLog($"log {log}", 8);
        }

        await store.Compact();
        var snapshots = _directory.Files;
        for (var i = 0; i < 20; i++)
            await store.Put("t", $"{i}", new byte[10], null);
        Assert.Equal(snapshots, _directory.Files);
    }

    [Fact]
    public async Task Writes_go_on_during_a_compaction_and_none_is_lost()
    {
        using (var store = _directory.Open(
            options => (options.SegmentBytes, options.CompactAboveBytes) = (100_000, long.MaxValue)))
        {
            var compactions = Compact(store, 10);
            var writers = Enumerable.Range(0, 16).Select(async writer =>
            {
                for (var round = 1; !compactions.IsCompleted || round < 50; round++)
                {
                    await store.Put("t", $"{writer}", Value(round, writer), null);
                    await store.AppendToLog($"log {writer}", (ulong)round, $"m{round}", Value(round, writer));
                    if (round % 7 == 0)
                        await store.TrimLog($"log {writer}", (ulong)round - 3);
                    await store.AppendToLog($"short {writer}", 1, "m1", Value(round, writer));
                    await store.DeleteLog($"short {writer}");
                    if (round % 10 != 0)
                        continue;
                    await store.Remove("t", $"{writer}", null);
                    await store.Put("t", $"last/{writer}", Value(round, writer), null);
                }
            }).ToArray();
            await Task.WhenAll(writers);
            await compactions;
            await AssertSameAfterACrash(store);
        }
    }

    [Fact]
    public async Task A_compaction_interrupted_at_any_point_leaves_the_store_whole()
    {
        using var store = _directory.Open();
        for (var i = 0; i < 50; i++)
            await store.Put("t", $"{i % 10}", EmbeddedStoreTests.Bytes($"{i}"), null);
        await store.AppendToLog("gone", 1, "m1", EmbeddedStoreTests.Bytes("1"));
        await store.DeleteLog("gone");
        using var before = _directory.Copy();
        await store.Compact();
        await store.Put("t", "after", EmbeddedStoreTests.Bytes("after"), null);

        // While the snapshot is written: an unfinished file, of any length, beside all the segments.
        var snapshot = await File.ReadAllBytesAsync(_directory.PathOf("000000000001.snap"));
        for (var length = 0; length < snapshot.Length; length += 37)
        {
            using var crashed = before.Copy();
            await File.WriteAllBytesAsync(crashed.PathOf("000000000001.snap.tmp"), snapshot[..length]);
            using var reopened = crashed.Open();
            Assert.Equal(10, (await reopened.Scan("t")).Count);
            Assert.DoesNotContain(crashed.Files, file => file.EndsWith(".tmp", StringComparison.Ordinal));
        }

        // After it has got its name, before the segments are gone.
        using var named = _directory.Copy();
        File.Copy(before.PathOf("000000000001.seg"), named.PathOf("000000000001.seg"));
        using var complete = named.Open();
        Assert.Equal(11, (await complete.Scan("t")).Count);
        Assert.Equal(0UL, (await complete.OpenLog("gone")).Head);
        Assert.DoesNotContain("000000000001.seg", named.Files);
    }

    [Fact]
    public async Task A_snapshot_that_was_cut_short_is_an_error()
    {
        using (var store = _directory.Open())
        {
            await store.Put("t", "1", new byte[100], null);
            await store.Compact();
        }

        using (var file = new FileStream(_directory.PathOf("000000000001.snap"), FileMode.Open))
            file.SetLength(file.Length - 1);
        Assert.Throws<EmbeddedStoreException>(() => _directory.Open());
    }

    private async Task AssertSameAfterACrash(EmbeddedStore store)
    {
        using var crashed = _directory.Copy();
        using var reopened = crashed.Open();
        var expected = (await store.Scan("t")).OrderBy(value => value.Key).ToArray();
        var found = (await reopened.Scan("t")).OrderBy(value => value.Key).ToArray();
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair =>
        {
            Assert.Equal((pair.First.Key, pair.First.Version), (pair.Second.Key, pair.Second.Version));
            Assert.Equal(pair.First.Value, pair.Second.Value);
        });
        for (var writer = 0; writer < 16; writer++)
        {
            Assert.Equal(new LogBounds(1, 0), await reopened.OpenLog($"short {writer}"));
            Assert.Equal(await store.OpenLog($"log {writer}"), await reopened.OpenLog($"log {writer}"));
            Assert.Equal(
                (await store.ReadLog($"log {writer}", 0, 100)).Select(entry => entry.Item),
                (await reopened.ReadLog($"log {writer}", 0, 100)).Select(entry => entry.Item));
        }
    }

    private static async Task Compact(EmbeddedStore store, int times)
    {
        for (var i = 0; i < times; i++)
            await store.Compact();
    }

    private static byte[] Value(int round, int key)
    {
        var value = new byte[1_000];
        new Random(round * 31 + key).NextBytes(value);
        return value;
    }
}
