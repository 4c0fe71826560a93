using System.Net;
using System.Net.Sockets;

namespace GameBackend.Gateway.Hosting;

/// <summary>A port that a process listens on, before it is moved for its instance.</summary>
/// <param name="Port">0 if it does not listen.</param>
/// <param name="Any">Whether it listens on every address instead of loopback.</param>
public sealed record ListeningPort(string Name, int Port, bool Any, bool IsUdp = false);

/// <summary>
/// Several processes on one machine (<c>--instance N</c>): each has ports of its own, and all the default ports of any
/// two are different, whatever kinds of processes they are.
/// </summary>
public static class Instances
{
    /// <summary>The largest number.</summary>
    public const int Last = 64;

    // Default ports of different kinds lie 10 and more apart, and all of a process's that lie together within 300.
    private const int Block = 10;
    private const int BlockDistance = 300;
    private const int LastPort = 65535;

    /// <summary>How far the ports of an instance lie above those of the first.</summary>
    public static int Shift(int instance) =>
        ((instance - 1) % Block) + ((instance - 1) / Block * BlockDistance);

    /// <summary>Finds out before the start whether ports are free, so that the message can name them.</summary>
    /// <exception cref="StartupException">One is taken.</exception>
    public static void CheckPorts(int instance, params ListeningPort[] ports)
    {
        // What is out of range is refused by name when the options are validated.
        ListeningPort[] used = [.. ports.Where(port => port.Port is > 0 and <= LastPort)];
        foreach (var port in used)
        {
            var moved = port.Port + Shift(instance);
            if (moved > LastPort)
            {
                throw new StartupException(
                    $"--instance {instance} moves the {port.Name} port {port.Port} to {moved}; the last is {LastPort}.");
            }

            if (!IsFree(port, moved))
            {
                throw new StartupException(
                    $"The {port.Name} port {moved}{(port.IsUdp ? " (UDP)" : "")} is taken by another process. {Advice(used)}");
            }
        }
    }

    private static string Advice(ListeningPort[] ports)
    {
        for (var instance = 1; instance <= Last; instance++)
        {
            var shift = Shift(instance);
            if (Array.TrueForAll(ports, port => port.Port + shift <= LastPort && IsFree(port, port.Port + shift)))
                return $"The ports of --instance {instance} are free; or configure another port.";
        }

        return "Configure another port.";
    }

    /// <summary>On both address families, if the machine has both: one of them is enough to be in the way.</summary>
    private static bool IsFree(ListeningPort port, int number) =>
        IsFree(port, new IPEndPoint(port.Any ? IPAddress.Any : IPAddress.Loopback, number))
        && (!port.Any || !Socket.OSSupportsIPv6 || IsFree(port, new IPEndPoint(IPAddress.IPv6Any, number)));

    private static bool IsFree(ListeningPort port, IPEndPoint address)
    {
        using var socket = port.IsUdp
            ? new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            // A port whose last connections are still winding down is free. ReuseAddress would let two processes
            // share a port, as the listeners of silos do.
            socket.Bind(address);
            if (!port.IsUdp)
                socket.Listen();
            return true;
        }
        catch (SocketException e)
        {
            // Any other failure is not of the port: whoever listens says what it is.
            return e.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied);
        }
    }
}
