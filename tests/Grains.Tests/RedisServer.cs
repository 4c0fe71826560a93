using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace GameBackend.Grains.Tests;

/// <summary>
/// A redis-server of its own for a test class: a child process on a free port with an append-only file in a directory
/// that goes with it. It can be killed and started again on the same port with what it had acknowledged.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    private const int Tries = 5;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("redis-").FullName;
    private Process? _process;

    public int Port { get; private set; }

    /// <summary>More arguments for the server, such as <c>--cluster-enabled yes</c>.</summary>
    public string[] Arguments { get; init; } = [];

    public string ConnectionString => $"127.0.0.1:{Port},abortConnect=false,allowAdmin=true";

    /// <summary>One connection for all tests of the class.</summary>
    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // A port that was free may be taken a moment later by somebody else.
        for (var tried = 1; ; tried++)
        {
            Port = FreePort();
            if (await TryStart())
                break;
            Assert.True(tried < Tries, "redis-server does not start. Is it installed?");
        }

        Connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Kill();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Ends the server as a crash does.</summary>
    public async Task Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts the server again after <see cref="Kill"/>.</summary>
    public async Task Start() => Assert.True(await TryStart(), "redis-server does not start again.");

    private async Task<bool> TryStart()
    {
        // With a sync each second the server puts a write off while a sync is under way, and acknowledges it
        // all the same.
        string[] arguments =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _directory,
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--logfile", "", "--daemonize", "no",
            .. Arguments,
        ];
        var process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true })!;
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal))
                continue;
            // The pipe must not fill up.
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            _process = process;
            return true;
        }

        await process.WaitForExitAsync(timeout.Token);
        process.Dispose();
        return false;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
