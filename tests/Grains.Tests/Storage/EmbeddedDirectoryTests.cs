using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>Directories that a store is given and that are not as it left them.</summary>
public sealed class EmbeddedDirectoryTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("backup.snap")]
    [InlineData("backup.seg")]
    [InlineData("000000000001 (copy).seg")]
    [InlineData("000000000001.seg.bak")]
    [InlineData("000000000009.snap~")]
    [InlineData("1.seg")]
    [InlineData("-00000000001.seg")]
    [InlineData("0000000000009.seg")]
    [InlineData("mine.snap.tmp")]
    [InlineData("notes.txt")]
    public async Task Files_that_are_not_the_stores_are_neither_read_nor_removed(string foreign)
    {
        using (var store = _directory.Open())
            await store.Put("t", "k", EmbeddedStoreTests.Bytes("1"), 0);
        await File.WriteAllBytesAsync(_directory.PathOf(foreign), new byte[5000]);
        using (var store = _directory.Open())
        {
            Assert.Equal("1", EmbeddedStoreTests.Text(await store.Get("t", "k")));
            Assert.InRange(store.TotalBytes, 1, 4999);
            await store.Compact();
            await store.Put("t", "k2", EmbeddedStoreTests.Bytes("2"), 0);
        }

        using var again = _directory.Open();
        Assert.Equal(2, (await again.Scan("t")).Count);
        Assert.Equal(5000, new FileInfo(_directory.PathOf(foreign)).Length);
    }

    [Fact]
    public void A_directory_that_is_a_file_is_refused_by_its_name()
    {
        File.WriteAllText(_directory.PathOf("file"), "");
        AssertRefused(_directory.PathOf("file"));
        AssertRefused(_directory.PathOf("file/below"));
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_refused_by_its_name() => AssertRefused("/proc/no-such-place/data");

    [Fact]
    public void A_lock_or_a_segment_that_cannot_be_written_is_refused_by_its_name()
    {
        Directory.CreateDirectory(_directory.PathOf("a/lock"));
        AssertRefused(_directory.PathOf("a"));
        Directory.CreateDirectory(_directory.PathOf("b/000000000001.seg"));
        AssertRefused(_directory.PathOf("b"));
    }

    private static void AssertRefused(string path)
    {
        var refused = Assert.Throws<EmbeddedStoreException>(() => StoreDirectory.Open(path));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another process", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
