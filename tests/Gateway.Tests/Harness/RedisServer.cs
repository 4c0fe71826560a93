using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>A Redis of the test's own.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly Process _process;

    private RedisServer(int port)
    {
        Port = port;
        _process = Process.Start(new ProcessStartInfo("redis-server")
        {
            ArgumentList = { "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", _directory.Path },
            RedirectStandardOutput = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
    }

    public int Port { get; }

    public static async Task<RedisServer> Start()
    {
        var server = new RedisServer(Ports.Free());
        await Waiting.Until(server.Listens);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private bool Listens()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
