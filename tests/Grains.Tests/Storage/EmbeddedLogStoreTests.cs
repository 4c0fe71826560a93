using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

public sealed class EmbeddedLogStoreTests : LogStoreContract, IDisposable
{
    private readonly StoreDirectory _directory = new();
    private EmbeddedStore _store;

    public EmbeddedLogStoreTests() => _store = _directory.Open();

    protected override ILogStore Store => new EmbeddedLogStore(_store);

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_is_there_after_opening_again(bool compacted)
    {
        for (var seq = 1; seq <= 20; seq++)
            await Store.Append("full", (ulong)seq, $"m{seq}", Bytes($"{seq}"));
        await Store.Trim("full", 5);
        await Store.Append("empty", 1, "m1", Bytes("1"));
        await Store.Trim("empty", 1);
        await Store.Append("gone", 1, "m1", Bytes("1"));
        await Store.Delete("gone");
        await Store.Append("replaced", 1, "m1", Bytes("1"));
        await Store.Replace("replaced", 2, Bytes("2"));
        if (compacted)
            await _store.Compact();

        _store.Dispose();
        _store = _directory.Open();

        Assert.Equal(new LogBounds(6, 20), await Store.Open("full"));
        Assert.Equal(15, (await Store.Read("full", 1, 100)).Count);
        Assert.Equal(Bytes("6"), (await Store.Read("full", 6, 1))[0].Item);
        Assert.Equal(new LogAppend(13, true), await Store.Append("full", 21, "m13", Bytes("13")));
        await Assert.ThrowsAsync<LogFencedException>(() => Store.Append("full", 20, "m12", Bytes("12")));
        Assert.Equal(new LogBounds(2, 1), await Store.Open("empty"));
        Assert.Equal(new LogAppend(1, true), await Store.Append("empty", 2, "m1", Bytes("1")));
        Assert.Equal(new LogBounds(1, 0), await Store.Open("gone"));
        Assert.Equal(new LogBounds(2, 2), await Store.Open("replaced"));
    }

    [Fact]
    public async Task An_item_over_the_limit_is_refused()
    {
        _store.Dispose();
        _store = _directory.Open(options => options.MaxValueBytes = 10);
        await Store.Append("log", 1, "", new byte[10]);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Append("log", 2, "", new byte[11]));
    }
}
