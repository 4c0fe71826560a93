using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GameBackend.Benchmarks;

/// <summary>A server in a process of its own, ended with this object.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly bool _hosted;

    private ServerProcess(Process process, bool hosted)
    {
        _process = process;
        _hosted = hosted;
    }

    /// <summary>Starts this program as a host and waits until it is ready.</summary>
    public static async Task<ServerProcess> Host(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Directory.CreateTempSubdirectory("gamebackend-bench-").FullName,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        start.ArgumentList.Add("host");
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        var server = new ServerProcess(Process.Start(start)!, hosted: true);
        await server.Expect("ready");
        return server;
    }

    /// <summary>Starts a Redis without persistence on a free port.</summary>
    public static async Task<(ServerProcess Server, string Connection)> Redis()
    {
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo(
            "redis-server", $"--port {port} --bind 127.0.0.1 --save \"\" --appendonly yes --appendfsync no --dir {Directory.CreateTempSubdirectory("gamebackend-redis-").FullName}")
        {
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (true)
        {
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return (new ServerProcess(process, hosted: false), $"127.0.0.1:{port}");
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(20);
            }
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The bytes of live objects in that process.</summary>
    public async Task<long> LiveBytes()
    {
        await _process.StandardInput.WriteLineAsync("memory");
        return long.Parse((await Expect("memory "))[7..], CultureInfo.InvariantCulture);
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_hosted)
            _process.StandardInput.Close();
        else
            _process.Kill();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<string> Expect(string prefix)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal))
                return line;
            if (line.Contains(" ERR ", StringComparison.Ordinal) || line.Contains(" FTL ", StringComparison.Ordinal))
                await Console.Error.WriteLineAsync(line);
        }

        throw new InvalidOperationException($"A server has ended before it said '{prefix}'.");
    }
}
