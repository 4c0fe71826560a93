using System.Globalization;
using System.Text;

namespace GameBackend.Grains.Storage;

/// <summary>Reminders in the embedded store. A look-up by range or by grain goes over all of them, in memory.</summary>
public sealed class EmbeddedReminderTable(EmbeddedStore store) : IReminderTable
{
    private const string Table = "reminders";
    private const byte Format = 1;

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task<ReminderTableData> ReadRows(GrainId grainId)
    {
        var prefix = Prefix(grainId);
        var rows = await store.Scan(Table).ConfigureAwait(false);
        var own = rows.Where(row => row.Key.StartsWith(prefix, StringComparison.Ordinal));
        return new ReminderTableData(own.Select(Decode));
    }

    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        var rows = await store.Scan(Table).ConfigureAwait(false);
        var entries = rows.Select(Decode);
        return new ReminderTableData(entries.Where(entry => IsIn(entry.GrainId.GetUniformHashCode(), begin, end)));
    }

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        var row = await store.Get(Table, Key(grainId, reminderName)).ConfigureAwait(false);
        return row is { } stored ? Decode(stored) : null;
    }

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var version = await store.Put(Table, Key(entry.GrainId, entry.ReminderName), Encode(entry), expected: null)
            .ConfigureAwait(false);
        return Etag(version);
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        if (!ulong.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return false;
        try
        {
            return await store.Remove(Table, Key(grainId, reminderName), version).ConfigureAwait(false);
        }
        catch (VersionConflictException)
        {
            return false;
        }
    }

    public async Task TestOnlyClearTable()
    {
        foreach (var row in await store.Scan(Table).ConfigureAwait(false))
            await store.Remove(Table, row.Key, expected: null).ConfigureAwait(false);
    }

    // The ring of hash codes may wrap around, and the range from a point to itself is the whole of it.
    private static bool IsIn(uint hash, uint begin, uint end) =>
        begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;

    // The length comes first, because a grain's key may hold any character.
    private static string Prefix(GrainId grainId)
    {
        var id = grainId.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{id.Length}/{id}/");
    }

    private static string Key(GrainId grainId, string reminderName) => Prefix(grainId) + reminderName;

    private static string Etag(ulong version) => version.ToString(CultureInfo.InvariantCulture);

    private static byte[] Encode(ReminderEntry entry)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8))
        {
            writer.Write(Format);
            writer.Write(entry.GrainId.ToString());
            writer.Write(entry.ReminderName);
            writer.Write(entry.StartAt.ToBinary());
            writer.Write(entry.Period.Ticks);
        }

        return buffer.ToArray();
    }

    private static ReminderEntry Decode(StoredValue row)
    {
        using var reader = new BinaryReader(new MemoryStream(row.Value), Encoding.UTF8);
        var format = reader.ReadByte();
        if (format != Format)
            throw new EmbeddedStoreException($"A newer version has written the reminder {row.Key} in format {format}.");
        return new ReminderEntry
        {
            GrainId = GrainId.Parse(reader.ReadString()),
            ReminderName = reader.ReadString(),
            StartAt = DateTime.FromBinary(reader.ReadInt64()),
            Period = TimeSpan.FromTicks(reader.ReadInt64()),
            ETag = Etag(row.Version),
        };
    }
}
