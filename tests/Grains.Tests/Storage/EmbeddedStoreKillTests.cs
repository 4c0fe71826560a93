using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using GameBackend.Grains.Storage;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>A real process that writes, and a real SIGKILL.</summary>
public sealed class EmbeddedStoreKillTests : IDisposable
{
    private const string ChildVariable = "GAMEBACKEND_TEST_STORE_CHILD";
    private const int Writers = 32;

    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_killed_process_loses_no_write_that_it_had_acknowledged()
    {
        for (var round = 1; round <= 3; round++)
        {
            var acknowledged = await RunUntilKilled(lines: 4_000 * round);
            Assert.True(acknowledged.Values.Sum() > 0);
            using var store = _directory.Open(Configure);
            for (var writer = 0; writer < Writers; writer++)
            {
                var last = acknowledged.GetValueOrDefault(writer);
                var bounds = await store.OpenLog($"log {writer}");
                Assert.True(bounds.Head >= (ulong)last, $"{writer} was told of {last}, and {bounds.Head} is there.");
                if (bounds.Head == 0)
                    continue;
                var items = await store.ReadLog($"log {writer}", 0, int.MaxValue);
                Assert.All(items, item => Assert.Equal(BitConverter.GetBytes(item.Seq), item.Item));
                var counter = await store.Get("counters", $"{writer}");
                Assert.InRange(BitConverter.ToUInt64(counter!.Value.Value), (ulong)last, bounds.Head);
            }
        }
    }

    // The test assembly is an executable whose entry point belongs to the test framework. This runs before it, and must
    // return; the thread then keeps the process alive.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunAsChild()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is { } path)
            new Thread(() => WriteForEver(path)).Start();
    }

    private static void WriteForEver(string path)
    {
        var store = StoreDirectory.Open(path, Configure);
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        Task.WaitAll(Enumerable.Range(0, Writers).Select(writer => Write(store, writer, output)));
    }

    // Small files, so that segments roll over and compactions run while the process is killed.
    private static void Configure(EmbeddedStoreOptions options) =>
        (options.SegmentBytes, options.CompactAboveBytes) = (50_000, 100_000);

    private static async Task Write(EmbeddedStore store, int writer, TextWriter output)
    {
        await Task.Yield();
        for (var seq = (await store.OpenLog($"log {writer}")).Head + 1; ; seq++)
        {
            await store.AppendToLog($"log {writer}", seq, $"m{seq}", BitConverter.GetBytes(seq));
            await store.Put("counters", $"{writer}", BitConverter.GetBytes(seq), null);
            if (seq % 50 == 0)
                await store.TrimLog($"log {writer}", seq - 10);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{writer} {seq}"));
        }
    }

    private async Task<Dictionary<int, long>> RunUntilKilled(int lines)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(EmbeddedStoreKillTests).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment = { [ChildVariable] = _directory.Path },
        };
        using var child = Process.Start(start)!;
        var acknowledged = new Dictionary<int, long>();
        for (var read = 0; await child.StandardOutput.ReadLineAsync().Within(60) is { } line; read++)
        {
            if (read == lines)
                child.Kill();
            // The line that the kill has cut off has no end, but a number without its last digits is only smaller.
            if (line.Split(' ') is [var writer, var seq] && seq.Length > 0)
            {
                var number = int.Parse(writer, CultureInfo.InvariantCulture);
                acknowledged[number] = Math.Max(
                    acknowledged.GetValueOrDefault(number), long.Parse(seq, CultureInfo.InvariantCulture));
            }
        }

        await child.WaitForExitAsync().Within();
        return acknowledged;
    }
}
