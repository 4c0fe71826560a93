using System.Text;
using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

public sealed class EmbeddedStoreTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_value_is_put_found_replaced_and_removed()
    {
        using var store = _directory.Open();
        Assert.Null(await store.Get("t", "k"));
        var first = await store.Put("t", "k", Bytes("1"), expected: 0);
        var second = await store.Put("t", "k", Bytes("2"), expected: first);
        Assert.True(second > first);
        Assert.Equal("2", Text(await store.Get("t", "k")));
        Assert.Null(await store.Get("other", "k"));
        Assert.True(await store.Remove("t", "k", second));
        Assert.False(await store.Remove("t", "k", expected: null));
        Assert.Null(await store.Get("t", "k"));
    }

    [Fact]
    public async Task A_write_for_another_version_is_refused_and_changes_nothing()
    {
        using var store = _directory.Open();
        await Assert.ThrowsAsync<VersionConflictException>(() => store.Put("t", "k", Bytes("1"), expected: 7));
        var version = await store.Put("t", "k", Bytes("1"), expected: 0);
        var conflict = await Assert.ThrowsAsync<VersionConflictException>(
            () => store.Put("t", "k", Bytes("2"), expected: 0));
        Assert.Equal(version, conflict.Stored);
        await Assert.ThrowsAsync<VersionConflictException>(() => store.Remove("t", "k", version + 1));
        Assert.Equal("1", Text(await store.Get("t", "k")));
    }

    [Fact]
    public async Task A_version_from_before_a_removal_never_fits_again()
    {
        ulong old;
        using (var store = _directory.Open())
        {
            old = await store.Put("t", "k", Bytes("1"), expected: 0);
            await store.Remove("t", "k", old);
            await store.Compact();
        }

        using var again = _directory.Open();
        Assert.True(await again.Put("t", "k", Bytes("2"), expected: 0) > old);
    }

    [Fact]
    public async Task Of_many_writers_for_one_version_exactly_one_succeeds()
    {
        using var store = _directory.Open();
        var version = 0UL;
        for (var round = 0; round < 20; round++)
        {
            var expected = version;
            var writers = Enumerable.Range(0, 16).Select(_ => Task.Run(() => TryPut(store, expected)));
            var results = await Task.WhenAll(writers);
            version = Assert.Single(results, result => result > 0);
        }
    }

    [Fact]
    public async Task A_second_opening_is_refused_with_a_clear_error()
    {
        using (var store = _directory.Open())
        {
            await store.Put("t", "k", Bytes("1"), expected: 0);
            var refused = Assert.Throws<EmbeddedStoreException>(() => _directory.Open());
            Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
            Assert.Contains(_directory.Path, refused.Message, StringComparison.Ordinal);
        }

        using var again = _directory.Open();
        Assert.Equal("1", Text(await again.Get("t", "k")));
    }

    [Fact]
    public async Task Many_writers_at_once_all_last()
    {
        using (var store = _directory.Open(options => options.SegmentBytes = 64 * 1024))
            await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => store.Put("t", $"{i}", Bytes($"value {i}"), 0)));

        using var again = _directory.Open();
        for (var i = 0; i < 2_000; i++)
            Assert.Equal($"value {i}", Text(await again.Get("t", $"{i}")));
    }

    [Fact]
    public async Task What_is_pending_when_the_store_is_disposed_is_written()
    {
        var store = _directory.Open();
        var writes = Enumerable.Range(0, 200).Select(i => store.Put("t", $"{i}", Bytes($"{i}"), 0)).ToArray();
        store.Dispose();
        await Task.WhenAll(writes);

        using var again = _directory.Open();
        Assert.Equal(200, (await again.Scan("t")).Count);
    }

    [Fact]
    public async Task A_disposed_store_refuses_everything()
    {
        var store = _directory.Open();
        store.Dispose();
        store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.Put("t", "k", Bytes("1"), null));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.Get("t", "k").AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(store.Compact);
    }

    [Fact]
    public async Task A_burst_over_the_bound_of_pending_bytes_gets_through()
    {
        using var store = _directory.Open(options => options.MaxPendingBytes = 1_000);
        await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(i => Task.Run(() => store.Put("t", $"{i}", new byte[400], 0))));
        Assert.Equal(100, (await store.Scan("t")).Count);
    }

    [Fact]
    public async Task Without_fsync_a_killed_process_would_lose_nothing_either()
    {
        using var store = _directory.Open(options => options.Fsync = false);
        for (var i = 0; i < 100; i++)
        {
            await store.Put("t", $"{i}", Bytes("x"), 0);
            if (i % 20 != 0)
                continue;
            // What another process sees of the files is what would be left of this one.
            using var crashed = _directory.Copy();
            using var reopened = crashed.Open();
            Assert.Equal(i + 1, (await reopened.Scan("t")).Count);
        }
    }

    private static async Task<ulong> TryPut(EmbeddedStore store, ulong expected)
    {
        try
        {
            return await store.Put("t", "k", Bytes("x"), expected);
        }
        catch (VersionConflictException)
        {
            return 0;
        }
    }

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    internal static string? Text(StoredValue? stored) =>
        stored is { } value ? Encoding.UTF8.GetString(value.Value) : null;
}
