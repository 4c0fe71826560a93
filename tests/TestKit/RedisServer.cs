using System.Globalization;
using StackExchange.Redis;

namespace GameBackend.TestKit;

/// <summary>
/// A redis-server of the tests' own, in a directory that goes with it. It can be killed and started again on the same
/// port, with what it had acknowledged.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    private readonly TestDirectory _directory = new();
    private ChildProcess? _process;

    public int Port { get; } = Ports.Take();

    /// <summary>A configuration file to start from.</summary>
    public string? Configuration { get; init; }

    /// <summary>More arguments for the server, such as <c>--cluster-enabled yes</c>.</summary>
    public string[] Arguments { get; init; } = [];

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The address for a client that waits for the server, and may do all.</summary>
    public string ConnectionString => $"{Address},abortConnect=false,allowAdmin=true";

    public ChildProcess Process => _process ?? throw new InvalidOperationException("Redis does not run.");

    public bool IsRunning => _process is { IsRunning: true };

    /// <summary>One connection for all tests of the class.</summary>
    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Start();
        Connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
    }

    public async Task DisposeAsync()
    {
        if (Connection is { } connection)
            await connection.DisposeAsync();
        await Kill();
        _directory.Dispose();
    }

    /// <summary>Starts it, also on what an earlier run has left in its directory.</summary>
    public async Task Start()
    {
        // Processes die in these tests, and the machine does not: a write is safe once it is the system's.
        string[] arguments =
        [
            .. Configuration is { } file ? [file] : Array.Empty<string>(),
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _directory.Path,
            "--appendonly", "yes", "--appendfsync", "no", "--save", "", "--logfile", "", "--daemonize", "no",
            .. Arguments,
        ];
        _process = ChildProcess.Start("redis", "redis-server", arguments, _directory.Path);
        await _process.Line("Ready to accept connections", StartWithin);
    }

    /// <summary>Ends the server as a crash does.</summary>
    public Task Kill() => IsRunning ? Process.Kill() : Task.CompletedTask;
}
