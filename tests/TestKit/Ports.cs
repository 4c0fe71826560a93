using System.Net;
using System.Net.Sockets;

namespace GameBackend.TestKit;

/// <summary>
/// Free ports, below those that the system gives to outgoing connections, so that a process that is started again finds
/// its port free as well. A test process takes them out of blocks that it has to itself until it ends: test processes
/// that run at once, of one checkout or of several, never give out the same port.
/// </summary>
public static class Ports
{
    private const int First = 15_000;
    private const int End = 32_000;
    private const int BlockSize = 200;

    private static readonly Lock Gate = new();
    private static readonly List<FileStream> Blocks = [];
    private static int _next;
    private static int _end;

    /// <summary>The first of some free ports in a row.</summary>
    public static int Take(int count = 1)
    {
        lock (Gate)
        {
            while (true)
            {
                if (_next + count > _end)
                    TakeBlock();
                var first = _next++;
                if (!Enumerable.Range(first, count).All(IsFree))
                    continue;
                _next = first + count;
                return first;
            }
        }
    }

    private static void TakeBlock()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"gamebackend-ports-{Environment.UserName}");
        Directory.CreateDirectory(directory);
        const int count = (End - First) / BlockSize;
        var start = Random.Shared.Next(count);
        for (var tried = 0; tried < count; tried++)
        {
            var first = First + ((start + tried) % count * BlockSize);
            if (!TryLock(Path.Combine(directory, $"{first}")))
                continue;
            (_next, _end) = (first, first + BlockSize);
            return;
        }

        throw new InvalidOperationException($"Other tests have all ports from {First} to {End}.");
    }

    /// <summary>The lock ends with the process, however that ends.</summary>
    private static bool TryLock(string file)
    {
        try
        {
            Blocks.Add(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            datagrams.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
