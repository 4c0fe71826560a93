using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

public sealed class EmbeddedReminderTableTests : IDisposable
{
    private static readonly DateTime Start = new(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly StoreDirectory _directory = new();
    private EmbeddedStore _store;

    public EmbeddedReminderTableTests() => _store = _directory.Open();

    private IReminderTable Table => new EmbeddedReminderTable(_store);

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_reminder_is_read_back_after_opening_again()
    {
        await Table.StartAsync();
        var etag = await Table.UpsertRow(Entry(1, "outbox"));
        _store.Dispose();
        _store = _directory.Open();

        var read = await Table.ReadRow(Grain(1), "outbox");
        Assert.NotNull(read);
        Assert.Equal(
            (Grain(1), "outbox", Start, TimeSpan.FromMinutes(5), etag),
            (read.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.Equal(DateTimeKind.Utc, read.StartAt.Kind);
    }

    [Fact]
    public async Task A_reminder_that_is_not_there_is_null()
    {
        Assert.Null(await Table.ReadRow(Grain(1), "outbox"));
        Assert.Empty((await Table.ReadRows(Grain(1))).Reminders);
        Assert.Empty((await Table.ReadRows(0, 0)).Reminders);
    }

    [Fact]
    public async Task An_upsert_replaces_whatever_is_there_and_has_a_new_etag()
    {
        var first = await Table.UpsertRow(Entry(1, "outbox"));
        var changed = Entry(1, "outbox");
        changed.Period = TimeSpan.FromHours(1);
        changed.ETag = "anything";
        var second = await Table.UpsertRow(changed);
        Assert.NotEqual(first, second);
        var row = Assert.Single((await Table.ReadRows(Grain(1))).Reminders);
        Assert.Equal((TimeSpan.FromHours(1), second), (row.Period, row.ETag));
    }

    [Fact]
    public async Task A_row_is_removed_by_its_own_etag_only()
    {
        var old = await Table.UpsertRow(Entry(1, "outbox"));
        Assert.NotNull(old);
        var etag = await Table.UpsertRow(Entry(1, "outbox"));
        Assert.False(await Table.RemoveRow(Grain(1), "outbox", old));
        Assert.False(await Table.RemoveRow(Grain(1), "outbox", "foreign"));
        Assert.NotNull(etag);
        Assert.False(await Table.RemoveRow(Grain(1), "other", etag));
        Assert.True(await Table.RemoveRow(Grain(1), "outbox", etag));
        Assert.False(await Table.RemoveRow(Grain(1), "outbox", etag));
        Assert.Null(await Table.ReadRow(Grain(1), "outbox"));
    }

    [Fact]
    public async Task The_rows_of_a_grain_are_its_own_even_if_names_run_into_each_other()
    {
        var (outer, inner) = (GrainId.Create("g", "a"), GrainId.Create("g", "a/b"));
        await Table.UpsertRow(new ReminderEntry { GrainId = outer, ReminderName = "b/c", StartAt = Start });
        await Table.UpsertRow(new ReminderEntry { GrainId = inner, ReminderName = "c", StartAt = Start });
        Assert.Equal("b/c", Assert.Single((await Table.ReadRows(outer)).Reminders).ReminderName);
        Assert.Equal("c", Assert.Single((await Table.ReadRows(inner)).Reminders).ReminderName);
    }

    [Fact]
    public async Task A_range_takes_its_end_but_not_its_begin_and_may_wrap_around()
    {
        for (var i = 0; i < 50; i++)
            await Table.UpsertRow(Entry(i, "outbox"));
        var hashes = Enumerable.Range(0, 50).Select(i => Grain(i).GetUniformHashCode()).Order().ToArray();

        Assert.Equal(hashes[11..21], await Hashes(hashes[10], hashes[20]));
        var around = hashes[..11].Concat(hashes[21..]).ToArray();
        Assert.Equal(around, await Hashes(hashes[20], hashes[10]));
        Assert.Equal(hashes, await Hashes(hashes[5], hashes[5]));
        Assert.Equal(hashes, await Hashes(0, 0));
        await Table.TestOnlyClearTable();
        Assert.Empty(await Hashes(0, 0));
    }

    private static GrainId Grain(int key) => GrainId.Create("player", $"{key}");

    private static ReminderEntry Entry(int grain, string name) =>
        new() { GrainId = Grain(grain), ReminderName = name, StartAt = Start, Period = TimeSpan.FromMinutes(5) };

    private async Task<uint[]> Hashes(uint begin, uint end) =>
        [.. (await Table.ReadRows(begin, end)).Reminders.Select(row => row.GrainId.GetUniformHashCode()).Order()];
}
