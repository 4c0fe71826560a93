using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>What is left after a crash, a torn write or a damaged disk.</summary>
public sealed class EmbeddedRecoveryTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_write_cut_off_at_any_byte_is_gone_and_all_before_it_is_there()
    {
        var path = _directory.PathOf("000000000001.seg");
        long confirmed;
        using (var store = _directory.Open())
        {
            for (var i = 0; i < 5; i++)
                await store.Put("t", $"{i}", EmbeddedStoreTests.Bytes($"value {i}"), 0);
            confirmed = new FileInfo(path).Length;
            await store.AppendToLog("log", 1, "m1", "the last write"u8.ToArray());
        }

        var whole = await File.ReadAllBytesAsync(path);
        for (var length = confirmed; length <= whole.Length; length++)
        {
            using var crashed = new StoreDirectory();
            await File.WriteAllBytesAsync(crashed.PathOf("000000000001.seg"), whole[..(int)length]);
            using (var store = crashed.Open())
            {
                Assert.Equal(5, (await store.Scan("t")).Count);
                Assert.Equal(length == whole.Length ? 1UL : 0UL, (await store.OpenLog("log")).Head);
                await store.Put("t", "after", EmbeddedStoreTests.Bytes("after"), 0);
            }

            using var again = crashed.Open();
            Assert.Equal("after", EmbeddedStoreTests.Text(await again.Get("t", "after")));
        }
    }

    [Fact]
    public async Task A_last_write_of_which_any_byte_is_wrong_is_gone()
    {
        var path = _directory.PathOf("000000000001.seg");
        long confirmed;
        using (var store = _directory.Open())
        {
            await store.Put("t", "1", EmbeddedStoreTests.Bytes("1"), 0);
            confirmed = new FileInfo(path).Length;
            await store.Put("t", "2", EmbeddedStoreTests.Bytes("2"), 0);
        }

        var whole = await File.ReadAllBytesAsync(path);
        for (var at = (int)confirmed; at < whole.Length; at++)
        {
            using var crashed = new StoreDirectory();
            var broken = whole.ToArray();
            broken[at] ^= 0x10;
            await File.WriteAllBytesAsync(crashed.PathOf("000000000001.seg"), broken);
            using var store = crashed.Open();
            Assert.Equal(["1"], (await store.Scan("t")).Select(value => value.Key));
        }
    }

    [Fact]
    public async Task Zeros_behind_the_last_write_are_cut_off()
    {
        using (var store = _directory.Open())
            await store.Put("t", "1", EmbeddedStoreTests.Bytes("1"), 0);
        await using (var file = new FileStream(_directory.PathOf("000000000001.seg"), FileMode.Append))
            await file.WriteAsync(new byte[5_000]);

        using (var store = _directory.Open())
            await store.Put("t", "2", EmbeddedStoreTests.Bytes("2"), 0);
        using var again = _directory.Open();
        Assert.Equal(2, (await again.Scan("t")).Count);
    }

    [Fact]
    public async Task Damage_in_front_of_confirmed_writes_is_an_error_and_loses_nothing()
    {
        var path = _directory.PathOf("000000000001.seg");
        long first;
        using (var store = _directory.Open())
        {
            await store.Put("t", "1", EmbeddedStoreTests.Bytes("1"), 0);
            first = new FileInfo(path).Length;
            await store.Put("t", "2", EmbeddedStoreTests.Bytes("2"), 0);
        }

        var bytes = await File.ReadAllBytesAsync(path);
        bytes[first - 1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var damaged = Assert.Throws<EmbeddedStoreException>(() => _directory.Open());
        Assert.Contains("damaged", damaged.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task Damage_in_a_closed_segment_or_a_missing_one_is_an_error()
    {
        using (var store = _directory.Open(options => options.SegmentBytes = 4 * 1024))
        {
            for (var i = 0; i < 40; i++)
                await store.Put("t", $"{i}", new byte[500], 0);
        }

        using var torn = _directory.Copy();
        using (var file = new FileStream(torn.PathOf("000000000002.seg"), FileMode.Open))
            file.SetLength(file.Length - 1);
        Assert.Throws<EmbeddedStoreException>(() => torn.Open());
        using var missing = _directory.Copy();
        File.Delete(missing.PathOf("000000000002.seg"));
        Assert.Throws<EmbeddedStoreException>(() => missing.Open());
        using var whole = _directory.Copy();
        using var store2 = whole.Open();
        Assert.Equal(40, (await store2.Scan("t")).Count);
    }

    [Fact]
    public async Task A_value_that_looks_like_a_frame_does_not_pass_for_one()
    {
        var path = _directory.PathOf("000000000001.seg");
        byte[] frames;
        using (var store = _directory.Open())
            await store.Put("t", "1", EmbeddedStoreTests.Bytes("1"), 0);
        frames = await File.ReadAllBytesAsync(path);

        // Another store's salt is another one, so its frames are mere bytes here.
        using var other = new StoreDirectory();
        using (var store = other.Open())
            await store.Put("t", "2", frames, 0);
        var whole = await File.ReadAllBytesAsync(other.PathOf("000000000001.seg"));
        await File.WriteAllBytesAsync(other.PathOf("000000000001.seg"), whole[..^1]);
        using var cut = other.Open();
        Assert.Empty(await cut.Scan("t"));
    }

    [Fact]
    public async Task A_segment_whose_making_was_interrupted_is_made_again()
    {
        using (var store = _directory.Open())
            await store.Put("t", "1", EmbeddedStoreTests.Bytes("1"), 0);
        const int headerBytes = 12;
        for (var length = 0; length <= headerBytes; length++)
        {
            using var crashed = _directory.Copy();
            await File.WriteAllBytesAsync(crashed.PathOf("000000000002.seg"), new byte[length]);
            using (var store = crashed.Open())
            {
                Assert.Single(await store.Scan("t"));
                await store.Put("t", "2", EmbeddedStoreTests.Bytes("2"), 0);
            }

            using var again = crashed.Open();
            Assert.Equal(2, (await again.Scan("t")).Count);
        }
    }
}
