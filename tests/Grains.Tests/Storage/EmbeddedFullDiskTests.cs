using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>A disk that takes no writes for a while: it is full, over its quota, or away.</summary>
public sealed class EmbeddedFullDiskTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_full_disk_refuses_writes_with_the_reason_and_takes_them_again_when_there_is_room()
    {
        var disk = new Disk();
        using (var store = disk.On(_directory.Open()))
        {
            await Put(store, "before");
            Assert.Null(store.Problem);
            disk.IsFull = true;
            var unclear = await Assert.ThrowsAsync<EmbeddedStoreException>(() => Put(store, "unclear"));
            Assert.Contains("No space left on device", unclear.Message, StringComparison.Ordinal);
            Assert.Contains("No space left on device", store.Problem!, StringComparison.Ordinal);
            var refused = await Assert.ThrowsAsync<EmbeddedStoreException>(() => Put(store, "refused"));
            Assert.Contains("No space left on device", refused.Message, StringComparison.Ordinal);

            // What the disk has can be read; what it may not have cannot.
            Assert.Equal("before", EmbeddedStoreTests.Text(await store.Get("t", "before")));
            await Assert.ThrowsAsync<EmbeddedStoreException>(() => store.Get("t", "unclear").AsTask());

            disk.IsFull = false;
            await Working(store);
            await Put(store, "after");
            Assert.Equal("unclear", EmbeddedStoreTests.Text(await store.Get("t", "unclear")));
            Assert.Null(await store.Get("t", "refused"));
        }

        using var again = _directory.Open();
        Assert.Equal(["after", "before", "unclear"], (await again.Scan("t")).Select(value => value.Key).Order());
    }

    [Fact]
    public async Task No_acknowledged_write_is_lost_over_a_disk_that_fills_up_again_and_again()
    {
        var disk = new Disk { TearsWrites = true };
        var acknowledged = new SortedSet<string>(StringComparer.Ordinal);
        using (var store = disk.On(_directory.Open(options => options.SegmentBytes = 4096)))
        {
            using var end = new CancellationTokenSource();
            var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
            {
                for (var i = 0; !end.IsCancellationRequested; i++)
                {
                    try
                    {
                        await store.Put("t", $"{writer}/{i}", new byte[300], 0);
                        lock (acknowledged)
                            acknowledged.Add($"{writer}/{i}");
                    }
                    catch (EmbeddedStoreException)
                    {
                        await Task.Delay(1);
                    }
                }
            })).ToArray();
            for (var round = 1; round <= 4; round++)
            {
                await Until(() => Count() > round * 50);
                disk.IsFull = true;
                await Until(() => store.Problem is not null);
                disk.IsFull = false;
                await Working(store);
            }

            await end.CancelAsync();
            await Task.WhenAll(writers);
            disk.IsFull = true;
            await Assert.ThrowsAsync<EmbeddedStoreException>(() => Put(store, "last"));
            // As a kill would leave it, with a torn write at the end.
            using var killed = _directory.Copy();
            using var recovered = killed.Open();
            Assert.Subset((await recovered.Scan("t")).Select(value => value.Key).ToHashSet(), acknowledged);
        }

        using var again = _directory.Open();
        Assert.Subset((await again.Scan("t")).Select(value => value.Key).ToHashSet(), acknowledged);

        int Count()
        {
            lock (acknowledged)
                return acknowledged.Count;
        }
    }

    [Fact]
    public async Task A_segment_that_cannot_be_begun_leaves_the_last_one_in_use()
    {
        var disk = new Disk { IsFullForNewFiles = true };
        using (var store = disk.On(_directory.Open(options => options.SegmentBytes = 4096)))
        {
            for (var i = 0; i < 40; i++)
                await store.Put("t", $"{i}", new byte[400], 0);
            Assert.Equal(["000000000001.seg"], _directory.Files);
            disk.IsFullForNewFiles = false;
            for (var i = 40; i < 60; i++)
                await store.Put("t", $"{i}", new byte[400], 0);
            Assert.True(_directory.Files.Length > 1);
        }

        using var again = _directory.Open();
        Assert.Equal(60, (await again.Scan("t")).Count);
    }

    [Fact]
    public async Task A_compaction_that_finds_no_room_leaves_nothing_behind_and_writes_go_on()
    {
        var disk = new Disk();
        using var store = disk.On(_directory.Open());
        await Put(store, "k");
        disk.IsFullForNewFiles = true;
        await Assert.ThrowsAsync<EmbeddedStoreException>(store.Compact);
        await Put(store, "after");
        Assert.Equal(["000000000001.seg"], _directory.Files);
        disk.IsFullForNewFiles = false;
        await store.Compact();
        Assert.Equal(2, (await store.Scan("t")).Count);
    }

    [Fact]
    public async Task A_store_whose_disk_is_full_can_be_closed_and_opened_again()
    {
        var disk = new Disk { TearsWrites = true };
        var store = disk.On(_directory.Open());
        await Put(store, "before");
        disk.IsFull = true;
        await Assert.ThrowsAsync<EmbeddedStoreException>(() => Put(store, "unclear"));
        store.Dispose();
        using var again = _directory.Open();
        Assert.Equal("before", EmbeddedStoreTests.Text(await again.Get("t", "before")));
    }

    private static Task<ulong> Put(EmbeddedStore store, string key) =>
        store.Put("t", key, EmbeddedStoreTests.Bytes(key), 0);

    private static Task Working(EmbeddedStore store) => Until(() => store.Problem is null);

    private static async Task Until(Func<bool> holds)
    {
        for (var left = 3000; !holds(); left--)
        {
            Assert.True(left > 0, "It does not come about within 30 s.");
            await Task.Delay(10);
        }
    }

    /// <summary>What the disk does below a store.</summary>
    private sealed class Disk
    {
        public volatile bool IsFull;
        public volatile bool IsFullForNewFiles;

        /// <summary>Whether the disk takes the beginning of what it has no room for.</summary>
        public bool TearsWrites { get; init; }

        public EmbeddedStore On(EmbeddedStore store)
        {
            store.Files.BeforeWrite = (file, position) =>
            {
                if (!IsFull && !(IsFullForNewFiles && position == 0))
                    return;
                if (TearsWrites)
                    RandomAccess.Write(file, new byte[] { 1, 2, 3, 4, 5, 6, 7 }, position);
                throw new IOException("No space left on device");
            };
            return store;
        }
    }
}
