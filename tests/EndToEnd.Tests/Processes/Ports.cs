using System.Net;
using System.Net.Sockets;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>
/// Free ports, below those that the system gives to outgoing connections, so that a node that is started again finds
/// its port free as well.
/// </summary>
internal static class Ports
{
    private const int First = 15000;
    private const int End = 30000;

    private static readonly Lock Gate = new();
    private static int _next = Random.Shared.Next(First, End);

    /// <summary>The first of some free ports in a row.</summary>
    public static int Take(int count = 1)
    {
        lock (Gate)
        {
            while (true)
            {
                var first = _next + count <= End ? _next : First;
                _next = first + count;
                if (Enumerable.Range(first, count).All(IsFree))
                    return first;
            }
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
