using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace GameBackend.Benchmarks;

/// <summary>
/// A network that loses and delays packets, for the system's own TCP and for UDP alike: a TUN device of Linux, which
/// hands every packet to this process. Each comes back with source and destination exchanged, so that a connection to
/// <see cref="Far"/> reaches this machine itself by way of the link, in both directions. Needs root.
/// </summary>
internal sealed partial class LossyLink : IDisposable
{
    /// <summary>This machine, as seen over the link.</summary>
    public const string Far = "10.199.77.2";

    private const string Near = "10.199.77.1/24";
    private const string Device = "gblossy";
    private const int MtuBytes = 1500;
    private const int OpenReadWrite = 2;
    private const nuint SetInterface = 0x400454ca;
    private const short TunWithoutHeader = 0x1001;

    private readonly BlockingCollection<(long AtTicks, byte[] Packet)> _onTheWay = [];
    private readonly ManualResetEventSlim _over = new();
    private readonly Random _random = new(1);
    private readonly double _loss;
    private readonly long _delayTicks;
    private readonly int _device;
    private volatile bool _end;

    /// <param name="loss">The share of packets that are lost in each direction.</param>
    /// <param name="delayMs">How long a packet takes in each direction.</param>
    public LossyLink(double loss, int delayMs)
    {
        (_loss, _delayTicks) = (loss, delayMs * Stopwatch.Frequency / 1000);
        _device = Open("/dev/net/tun", OpenReadWrite);
        var request = new byte[40];
        System.Text.Encoding.ASCII.GetBytes(Device).CopyTo(request, 0);
        BitConverter.TryWriteBytes(request.AsSpan(16), TunWithoutHeader);
        if (_device < 0 || Control(_device, SetInterface, request) < 0)
            throw new InvalidOperationException("There is no TUN device to be had: this needs Linux and root.");
        Ip($"addr add {Near} dev {Device}");
        Ip($"link set {Device} mtu {MtuBytes} up");
        new Thread(Take) { IsBackground = true }.Start();
        new Thread(Give) { IsBackground = true }.Start();
    }

    public int Packets { get; private set; }

    public int Lost { get; private set; }

    public void Dispose()
    {
        _end = true;
        _over.Set();
        Ip($"link del {Device}");
        _ = Close(_device);
    }

    private static void Ip(string arguments)
    {
        using var ip = Process.Start("ip", arguments);
        ip.WaitForExit();
        if (ip.ExitCode != 0)
            throw new InvalidOperationException($"'ip {arguments}' has failed.");
    }

    private void Take()
    {
        var buffer = new byte[2 * MtuBytes];
        while (!_end)
        {
            var length = (int)Read(_device, buffer, (nuint)buffer.Length);
            const int ipv4HeaderBytes = 20;
            if (length < ipv4HeaderBytes || buffer[0] >> 4 != 4)
                continue;
            Packets++;
            if (_random.NextDouble() < _loss)
            {
                Lost++;
                continue;
            }

            // The checksums are sums, which do not mind the order.
            var packet = buffer[..length];
            buffer.AsSpan(12, 4).CopyTo(packet.AsSpan(16));
            buffer.AsSpan(16, 4).CopyTo(packet.AsSpan(12));
            _onTheWay.Add((Stopwatch.GetTimestamp() + _delayTicks, packet));
        }
    }

    /// <summary>All take as long, so that they come out in the order in which they went in.</summary>
    private void Give()
    {
        foreach (var (atTicks, packet) in _onTheWay.GetConsumingEnumerable())
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), atTicks);
            if (left > TimeSpan.Zero && _over.Wait(left))
                return;
            _ = Write(_device, packet, (nuint)packet.Length);
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Packets} packets, {Lost} lost");

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, byte[] buffer, nuint bytes);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, byte[] buffer, nuint bytes);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
