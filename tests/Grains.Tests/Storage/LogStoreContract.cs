using System.Text;
using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>What every log store must do. A class for each store runs all of it.</summary>
public abstract class LogStoreContract
{
    protected const int Kept = 8;

    private readonly string _log = $"mailbox/{Guid.NewGuid():N}";

    protected abstract ILogStore Store { get; }

    [Fact]
    public async Task A_log_that_was_never_written_is_empty()
    {
        Assert.Equal(new LogBounds(1, 0), await Store.Open(_log));
        Assert.Empty(await Store.Read(_log, 1, 10));
    }

    [Fact]
    public async Task Items_come_back_in_order_with_their_bytes()
    {
        var items = Enumerable.Range(0, 12).Select(i => (byte[])[(byte)i, 0, 255, (byte)'\r', (byte)'\n']).ToArray();
        for (var i = 0; i < items.Length; i++)
            Assert.Equal(new LogAppend((ulong)i + 1, false), await Store.Append(_log, (ulong)i + 1, $"m{i}", items[i]));

        Assert.Equal(new LogBounds(1, 12), await Store.Open(_log));
        var read = await Store.Read(_log, 1, 100);
        Assert.Equal(Enumerable.Range(1, 12).Select(seq => (ulong)seq), read.Select(entry => entry.Seq));
        Assert.Equal(items, read.Select(entry => entry.Item));
    }

    [Fact]
    public async Task An_empty_item_and_a_large_one_come_back()
    {
        var large = new byte[300_000];
        new Random(7).NextBytes(large);
        await Store.Append(_log, 1, "", Array.Empty<byte>());
        await Store.Append(_log, 2, "", large);
        var read = await Store.Read(_log, 0, 10);
        Assert.Empty(read[0].Item);
        Assert.Equal(large, read[1].Item);
    }

    [Fact]
    public async Task Reading_starts_and_stops_where_it_is_told_to()
    {
        await Fill(10);
        Assert.Equal(["4", "5", "6"], await Texts(4, 3));
        Assert.Equal(["9", "10"], await Texts(9, 100));
        Assert.Empty(await Texts(11, 100));
        await Store.Trim(_log, 6);
        Assert.Equal(["7", "8"], await Texts(1, 2));
    }

    [Fact]
    public async Task A_repeated_append_changes_nothing_and_names_the_first()
    {
        await Fill(3);
        Assert.Equal(new LogAppend(2, true), await Store.Append(_log, 2, "m2", Bytes("2")));
        Assert.Equal(new LogAppend(2, true), await Store.Append(_log, 4, "m2", Bytes("other")));
        Assert.Equal(["1", "2", "3"], await Texts(1, 10));
    }

    [Fact]
    public async Task An_append_is_known_after_its_item_was_trimmed()
    {
        await Fill(3);
        await Store.Trim(_log, 3);
        Assert.Equal(new LogAppend(2, true), await Store.Append(_log, 4, "m2", Bytes("2")));
        Assert.Equal(new LogBounds(4, 3), await Store.Open(_log));
    }

    [Fact]
    public async Task A_message_is_known_as_long_as_it_is_among_the_last_and_no_longer()
    {
        await Fill(Kept + 1);
        Assert.True((await Store.Append(_log, Kept + 2, "m2", Bytes("again"))).Existed);
        Assert.False((await Store.Append(_log, Kept + 2, "m1", Bytes("again"))).Existed);
        Assert.True((await Store.Append(_log, Kept + 3, "m3", Bytes("again"))).Existed);
        Assert.False((await Store.Append(_log, Kept + 3, "m2", Bytes("again"))).Existed);
    }

    [Fact]
    public async Task Items_without_a_message_id_are_never_taken_for_each_other()
    {
        Assert.False((await Store.Append(_log, 1, "", Bytes("same"))).Existed);
        Assert.False((await Store.Append(_log, 2, "", Bytes("same"))).Existed);
        Assert.Equal(["same", "same"], await Texts(1, 10));
    }

    [Fact]
    public async Task A_stale_writer_is_fenced_and_changes_nothing()
    {
        await Fill(3);
        foreach (var seq in new ulong[] { 1, 2, 3 })
        {
            var fenced = await Assert.ThrowsAsync<LogFencedException>(
                () => Store.Append(_log, seq, "stale", Bytes("stale")));
            Assert.Equal(3UL, fenced.Head);
            await Assert.ThrowsAsync<LogFencedException>(() => Store.Append(_log, seq, "", Bytes("stale")));
        }

        Assert.Equal(["1", "2", "3"], await Texts(1, 10));
        Assert.Equal(new LogAppend(4, false), await Store.Append(_log, 4, "stale", Bytes("4")));
    }

    [Fact]
    public async Task A_stale_writer_is_fenced_by_a_log_that_was_trimmed_to_nothing()
    {
        await Fill(3);
        await Store.Trim(_log, 3);
        var fenced = await Assert.ThrowsAsync<LogFencedException>(() => Store.Append(_log, 3, "stale", Bytes("stale")));
        Assert.Equal(3UL, fenced.Head);
    }

    [Fact]
    public async Task A_writer_that_would_leave_a_hole_is_fenced()
    {
        await Assert.ThrowsAsync<LogFencedException>(() => Store.Append(_log, 2, "m", Bytes("2")));
        await Fill(3);
        await Assert.ThrowsAsync<LogFencedException>(() => Store.Append(_log, 5, "m", Bytes("5")));
        await Assert.ThrowsAsync<LogFencedException>(() => Store.Replace(_log, 5, Bytes("5")));
        Assert.Equal(new LogBounds(1, 3), await Store.Open(_log));
    }

    [Fact]
    public async Task A_log_trimmed_to_nothing_keeps_its_head_and_goes_on()
    {
        await Fill(5);
        await Store.Trim(_log, 5);
        Assert.Equal(new LogBounds(6, 5), await Store.Open(_log));
        Assert.Empty(await Store.Read(_log, 1, 10));
        await Store.Append(_log, 6, "m6", Bytes("6"));
        Assert.Equal(new LogBounds(6, 6), await Store.Open(_log));
        Assert.Equal(["6"], await Texts(1, 10));
    }

    [Fact]
    public async Task Trimming_drops_through_the_number_and_never_more_than_there_is()
    {
        await Fill(5);
        await Store.Trim(_log, 0);
        Assert.Equal(new LogBounds(1, 5), await Store.Open(_log));
        await Store.Trim(_log, 2);
        await Store.Trim(_log, 1);
        Assert.Equal(new LogBounds(3, 5), await Store.Open(_log));
        await Store.Trim(_log, ulong.MaxValue);
        Assert.Equal(new LogBounds(6, 5), await Store.Open(_log));
        await Store.Append(_log, 6, "m6", Bytes("6"));
        Assert.Equal(["6"], await Texts(1, 10));
        await Store.Trim($"{_log}/none", 5);
        Assert.Equal(new LogBounds(1, 0), await Store.Open($"{_log}/none"));
    }

    [Fact]
    public async Task Replacing_leaves_just_the_new_item_and_the_known_messages()
    {
        await Fill(5);
        Assert.Equal(new LogAppend(6, false), await Store.Replace(_log, 6, Bytes("resync")));
        Assert.Equal(new LogBounds(6, 6), await Store.Open(_log));
        Assert.Equal(["resync"], await Texts(1, 10));
        Assert.Equal(new LogAppend(5, true), await Store.Append(_log, 7, "m5", Bytes("5")));
        Assert.Equal(new LogAppend(7, false), await Store.Append(_log, 7, "m7", Bytes("7")));
        Assert.Equal(["resync", "7"], await Texts(1, 10));
    }

    [Fact]
    public async Task Replacing_again_is_safe_and_a_stale_replace_is_fenced()
    {
        await Fill(5);
        await Store.Replace(_log, 6, Bytes("resync"));
        Assert.Equal(new LogAppend(6, true), await Store.Replace(_log, 6, Bytes("resync")));
        await Assert.ThrowsAsync<LogFencedException>(() => Store.Replace(_log, 6, Bytes("another")));
        await Assert.ThrowsAsync<LogFencedException>(() => Store.Replace(_log, 5, Bytes("resync")));
        await Store.Append(_log, 7, "m7", Bytes("7"));
        await Assert.ThrowsAsync<LogFencedException>(() => Store.Replace(_log, 6, Bytes("resync")));
        Assert.Equal(["resync", "7"], await Texts(1, 10));
    }

    [Fact]
    public async Task Replacing_starts_a_log_that_is_not_there()
    {
        Assert.Equal(new LogAppend(1, false), await Store.Replace(_log, 1, Bytes("first")));
        Assert.Equal(["first"], await Texts(1, 10));
    }

    [Fact]
    public async Task A_deleted_log_starts_anew_with_no_memory_of_its_messages()
    {
        await Fill(3);
        await Store.Delete(_log);
        await Store.Delete(_log);
        Assert.Equal(new LogBounds(1, 0), await Store.Open(_log));
        Assert.Equal(new LogAppend(1, false), await Store.Append(_log, 1, "m1", Bytes("new")));
        Assert.Equal(["new"], await Texts(1, 10));
    }

    [Fact]
    public async Task Of_many_writers_at_one_place_exactly_one_gets_it()
    {
        for (var seq = 1UL; seq <= 20; seq++)
        {
            var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Wins(seq, $"w{writer}/{seq}")));
            Assert.Single(won, true);
        }

        Assert.Equal(20, (await Store.Read(_log, 1, 100)).Count);
    }

    [Fact]
    public async Task Logs_do_not_touch_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async log =>
        {
            for (var seq = 1UL; seq <= 20; seq++)
                await Store.Append($"{_log}/{log}", seq, $"{seq}", Bytes($"{log}:{seq}"));
            await Store.Trim($"{_log}/{log}", (ulong)(log % 20));
        }));
        for (var log = 0; log < 50; log++)
        {
            Assert.Equal(new LogBounds((ulong)(log % 20) + 1, 20), await Store.Open($"{_log}/{log}"));
            var last = await Store.Read($"{_log}/{log}", 20, 10);
            Assert.Equal($"{log}:20", Encoding.UTF8.GetString(Assert.Single(last).Item));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a{b")]
    [InlineData("a}b")]
    public async Task Names_that_would_break_a_key_are_refused(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.Open(name));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.Append(name, 1, "", Bytes("1")));
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected async Task Fill(int count)
    {
        for (var seq = 1; seq <= count; seq++)
            await Store.Append(_log, (ulong)seq, $"m{seq}", Bytes($"{seq}"));
    }

    private async Task<bool> Wins(ulong seq, string messageId)
    {
        try
        {
            return !(await Store.Append(_log, seq, messageId, Bytes(messageId))).Existed;
        }
        catch (LogFencedException)
        {
            return false;
        }
    }

    private async Task<string[]> Texts(ulong from, int max) =>
        [.. (await Store.Read(_log, from, max)).Select(entry => Encoding.UTF8.GetString(entry.Item))];
}
