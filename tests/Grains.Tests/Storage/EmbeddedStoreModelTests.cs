using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>Random commands against the store and against a plain model of it, with crashes in between.</summary>
public sealed class EmbeddedStoreModelTests
{
    private const int Kept = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task The_store_does_what_its_model_does(int seed)
    {
        var random = new Random(seed);
        var model = new Model();
        using var directory = new StoreDirectory();
        var store = Open(directory);
        for (var step = 0; step < 1_500; step++)
        {
            switch (random.Next(100))
            {
                case < 2:
                    await store.Compact();
                    break;
                case < 5:
                    store.Dispose();
                    store = Open(directory);
                    break;
                case < 7:
                    // All writes so far were acknowledged: a crash now loses none.
                    using (var crashed = directory.Copy())
                    using (var reopened = Open(crashed))
                        await model.AssertSame(reopened);
                    break;
                default:
                    await model.Step(store, random);
                    break;
            }
        }

        await model.AssertSame(store);
        store.Dispose();
    }

    // Compactions run when they are told to: a directory that changes meanwhile cannot be copied as a crash would leave
    // it.
    private static EmbeddedStore Open(StoreDirectory directory) => directory.Open(options =>
        (options.SegmentBytes, options.CompactAboveBytes, options.Fsync) = (4_096, long.MaxValue, false));

    private sealed class Model
    {
        private readonly Dictionary<string, (ulong Version, byte[] Value)> _values = [];
        private readonly Dictionary<string, ModelLog> _logs = [];
        private ulong _newest;

        public async Task Step(EmbeddedStore store, Random random)
        {
            var key = $"key {random.Next(8)}";
            var name = $"log {random.Next(4)}";
            var value = new byte[random.Next(60)];
            random.NextBytes(value);
            switch (random.Next(10))
            {
                case < 2:
                    await Put(store, key, value, random);
                    break;
                case 2:
                    Assert.Equal(_values.Remove(key), await store.Remove("t", key, null));
                    break;
                case < 7:
                    await Append(store, name, value, random);
                    break;
                case 7:
                    await Replace(store, name, value);
                    break;
                case 8:
                    var through = (ulong)random.Next(60);
                    await store.TrimLog(name, through);
                    _logs.GetValueOrDefault(name)?.Items.RemoveAll(item => item.Seq <= through);
                    break;
                default:
                    if (random.Next(4) != 0)
                        break;
                    await store.DeleteLog(name);
                    _logs.Remove(name);
                    break;
            }
        }

        public async Task AssertSame(EmbeddedStore store)
        {
            var values = await store.Scan("t");
            Assert.Equal(
                _values.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value.Version)),
                values.OrderBy(value => value.Key).Select(value => (value.Key, value.Version)));
            Assert.All(values, value => Assert.Equal(_values[value.Key].Value, value.Value));
            for (var i = 0; i < 4; i++)
            {
                var log = _logs.GetValueOrDefault($"log {i}") ?? new ModelLog();
                var items = await store.ReadLog($"log {i}", 0, int.MaxValue);
                Assert.Equal(log.Items.Select(item => item.Seq), items.Select(item => item.Seq));
                Assert.Equal(log.Items.Select(item => item.Item), items.Select(item => item.Item));
                var first = log.Items.Count == 0 ? log.Head + 1 : log.Items[0].Seq;
                Assert.Equal(new LogBounds(first, log.Head), await store.OpenLog($"log {i}"));
            }
        }

        private async Task Put(EmbeddedStore store, string key, byte[] value, Random random)
        {
            var stored = _values.TryGetValue(key, out var old) ? old.Version : 0;
            var expected = random.Next(3) switch { 0 => (ulong?)null, 1 => stored, _ => stored + 1 };
            if (expected is { } version && version != stored)
            {
                await Assert.ThrowsAsync<VersionConflictException>(() => store.Put("t", key, value, expected));
                return;
            }

            var put = await store.Put("t", key, value, expected);
            Assert.True(put > _newest, "Versions must grow, over every opening.");
            _newest = put;
            _values[key] = (put, value);
        }

        private async Task Append(EmbeddedStore store, string name, byte[] value, Random random)
        {
            var log = _logs.GetValueOrDefault(name) ?? new ModelLog();
            var seq = log.Head + 1 - (ulong)Math.Min(random.Next(6) / 5, (int)log.Head) + (ulong)(random.Next(12) / 11);
            var messageId = random.Next(5) == 0 ? "" : $"m{random.Next(40)}";
            var known = log.Messages.FirstOrDefault(message => message.Id == messageId && messageId.Length > 0);
            if (known.Id is not null)
            {
                Assert.Equal(new LogAppend(known.Seq, true), await store.AppendToLog(name, seq, messageId, value));
                return;
            }

            if (seq != log.Head + 1)
            {
                await Assert.ThrowsAsync<LogFencedException>(() => store.AppendToLog(name, seq, messageId, value));
                return;
            }

            Assert.Equal(new LogAppend(seq, false), await store.AppendToLog(name, seq, messageId, value));
            _logs[name] = log;
            log.Head = seq;
            log.Items.Add((seq, value));
            if (messageId.Length > 0)
                log.Messages.Add((messageId, seq));
            if (log.Messages.Count > Kept)
                log.Messages.RemoveAt(0);
        }

        private async Task Replace(EmbeddedStore store, string name, byte[] value)
        {
            var log = _logs[name] = _logs.GetValueOrDefault(name) ?? new ModelLog();
            Assert.Equal(new LogAppend(log.Head + 1, false), await store.ReplaceLog(name, log.Head + 1, value));
            log.Head++;
            log.Items.Clear();
            log.Items.Add((log.Head, value));
        }
    }

    private sealed class ModelLog
    {
        public ulong Head { get; set; }

        public List<(ulong Seq, byte[] Item)> Items { get; } = [];

        public List<(string Id, ulong Seq)> Messages { get; } = [];
    }
}
