using System.Net;
using System.Net.Sockets;
using Orleans.TestingHost;

namespace GameBackend.Grains.Tests;

/// <summary>
/// Ports for a test cluster from below the range out of which the system serves outgoing connections: there a machine
/// that runs other tests as well has hardly any run of free ports.
/// </summary>
public sealed class FreePorts : ITestClusterPortAllocator
{
    private const int From = 20_000;
    private const int To = 32_000;
    private const int Tries = 1000;

    public (int, int) AllocateConsecutivePortPairs(int numPorts)
    {
        for (var tried = 0; tried < Tries; tried++)
        {
            var first = Random.Shared.Next(From, To - (2 * numPorts));
            if (Enumerable.Range(first, 2 * numPorts).All(IsFree))
                return (first, first + numPorts);
        }

        throw new InvalidOperationException($"No {2 * numPorts} ports in a row are free.");
    }

    public void Dispose() { }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
