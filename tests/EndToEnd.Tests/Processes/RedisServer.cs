using System.Globalization;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>A redis-server of its own, with the settings that a cluster is deployed with.</summary>
internal sealed class RedisServer(string directory)
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    private ChildProcess? _process;

    public int Port { get; } = Ports.Take();

    public string ConnectionString => $"127.0.0.1:{Port}";

    public ChildProcess Process => _process ?? throw new InvalidOperationException("Redis does not run.");

    public bool IsRunning => _process is { IsRunning: true };

    /// <summary>Starts it on what an earlier run has left in its directory.</summary>
    public async Task Start()
    {
        // Processes die in these tests, and the machine does not: a write is safe once it is the system's.
        string[] arguments =
        [
            Path.Combine(Programs.Root, "deploy", "redis.conf"),
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", directory,
            "--appendfsync", "no", "--daemonize", "no", "--logfile", "",
        ];
        _process = ChildProcess.Start("redis", "redis-server", arguments, directory);
        await _process.Line("Ready to accept connections", StartWithin);
    }
}
