using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GameBackend.Gateway.Hosting;
using GameBackend.Gateway.Sessions;
using GameBackend.Protocol.Kcp;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Transports.Kcp;

/// <summary>
/// The UDP socket of all KCP clients: one loop that receives, and one that ticks over the connections that have
/// something under way. Idle connections cost nothing.
/// </summary>
internal sealed partial class KcpListener(
    SessionHost host,
    ConnectionLimiter limiter,
    GatewayMetrics metrics,
    IOptions<GatewayOptions> options,
    ILogger<KcpListener> logger) : IHostedService, IDisposable
{
    private const int TickMs = 10;
    private const int BufferBytes = 4 << 20;

    /// <summary>Datagrams of unknown connections that are answered a second.</summary>
    private const int MaxGonePerSecond = 1_000;

    /// <summary>How long an ended connection goes on saying so.</summary>
    private const long LingerMs = 2_000;

    private readonly ConcurrentDictionary<ulong, KcpConnection> _connections = new();
    private readonly ConcurrentQueue<KcpConnection> _newlyArmed = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly KcpCookies _cookies = new();
    private Socket? _socket;
    private Task _running = Task.CompletedTask;
    private volatile bool _stopping;
    private int _count;
    private int _gone;
    private long _sweptAtMs;

    /// <summary>Connections, those included that have just ended.</summary>
    public int Connections => Volatile.Read(ref _count);

    /// <summary>The connection of an id, or null.</summary>
    public KcpConnection? Find(ulong id) => _connections.GetValueOrDefault(id);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var gateway = options.Value;
        if (gateway.KcpPort == 0)
            return Task.CompletedTask;
        _socket = Bind(gateway);
        _running = Task.WhenAll(
            Task.Run(ReceiveAll, CancellationToken.None), Task.Run(TickAll, CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>Takes no more connections, and lets those that are there say their last words.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        var deadline = Environment.TickCount64 + LingerMs + 1_000;
        while (_connections.Any(entry => entry.Value.ForgetAtMs == long.MaxValue)
            && Environment.TickCount64 < deadline && !cancellationToken.IsCancellationRequested)
            await Task.Delay(TickMs, CancellationToken.None);
        await _stop.CancelAsync();
        _socket?.Dispose();
        await _running;
        foreach (var (_, connection) in _connections)
            connection.Abort();
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _stop.Dispose();
        _wake.Dispose();
    }

    /// <summary>Sends a datagram. One that the system does not take is lost, as on the way.</summary>
    public void Send(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        try
        {
            _socket!.SendTo(datagram, SocketFlags.None, to);
        }
        catch (SocketException)
        {
            metrics.DatagramsLost.Add(1);
        }
        catch (ObjectDisposedException)
        {
            // The gateway stops.
        }
    }

    /// <summary>From now on the connection is ticked, until it has nothing more to do.</summary>
    public void Arm(KcpConnection connection)
    {
        _newlyArmed.Enqueue(connection);
        if (_wake.CurrentCount == 0)
            Wake();
    }

    private static Socket Bind(GatewayOptions gateway)
    {
        var address = gateway.ListenAny ? Addresses.Any : IPAddress.Loopback;
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            if (OperatingSystem.IsWindows())
            {
                // Else a client that is gone ends the receiving (SIO_UDP_CONNRESET).
                socket.IOControl(unchecked((int)0x9800000C), [0], null);
            }

            socket.ReceiveBufferSize = socket.SendBufferSize = BufferBytes;
            socket.Bind(new IPEndPoint(address, gateway.KcpPort));
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new StartupException($"The gateway's KCP port {gateway.KcpPort} (UDP) cannot be opened: {e.Message}");
        }
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has done it.
        }
    }

    private async Task ReceiveAll()
    {
        // No datagram is longer, so that none has to be cut.
        var buffer = GC.AllocateUninitializedArray<byte>(1 << 16, pinned: true);
        var from = new SocketAddress(_socket!.AddressFamily);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var length = await _socket!.ReceiveFromAsync(buffer, SocketFlags.None, from, _stop.Token);
                Take(buffer.AsSpan(0, length), from);
            }
            catch (Exception e) when (_stop.IsCancellationRequested || e is ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                LogNotReceived(e);
                await Task.Delay(TickMs);
            }
            catch (Exception e)
            {
                LogFault(e);
            }
        }
    }

    private void Take(ReadOnlySpan<byte> datagram, SocketAddress from)
    {
        switch (KcpDatagram.KindOf(datagram))
        {
            case KcpKind.Hello when KcpDatagram.IsHandshake(datagram):
                Span<byte> answer = stackalloc byte[KcpDatagram.HandshakeBytes];
                Send(answer[.._cookies.Answer(datagram, from, Seconds, answer)], from);
                break;
            case KcpKind.Connect when KcpDatagram.IsHandshake(datagram):
                Accept(datagram, from);
                break;
            case KcpKind.ClientData or KcpKind.ChallengeAnswer or KcpKind.ClientClose
                when datagram.Length >= KcpDatagram.HeadBytes + KcpDatagram.SealBytes:
                TakeSealed(datagram, from);
                break;
            default:
                metrics.DatagramsRefused.Add(1);
                break;
        }
    }

    private static uint Seconds => (uint)(Environment.TickCount64 / 1000);

    private void TakeSealed(ReadOnlySpan<byte> datagram, SocketAddress from)
    {
        if (_connections.TryGetValue(KcpDatagram.IdOf(datagram), out var connection))
        {
            if (!connection.Take(datagram, from))
                metrics.DatagramsRefused.Add(1);
            return;
        }

        metrics.DatagramsRefused.Add(1);
        if (KcpDatagram.KindOf(datagram) == KcpKind.ClientClose || Interlocked.Increment(ref _gone) > MaxGonePerSecond)
            return;
        Span<byte> gone = stackalloc byte[KcpDatagram.GoneBytes];
        Send(gone[..KcpDatagram.WriteGone(datagram, gone)], from);
    }

    private void Accept(ReadOnlySpan<byte> connect, SocketAddress from)
    {
        if (!_cookies.TryAccept(connect, from, Seconds, out var id))
        {
            metrics.DatagramsRefused.Add(1);
            return;
        }

        if (_connections.TryGetValue(id, out var connection))
        {
            connection.Welcome(KcpDatagram.NonceOf(connect));
            return;
        }

        var address = KcpConnection.EndPointOf(from).Address;
        if (_stopping || connect[^1] != KcpDatagram.Version || limiter.Take(address, () => Drop(id)) is not { } slot)
        {
            Span<byte> refused = stackalloc byte[1 + KcpDatagram.NonceBytes];
            refused[0] = (byte)KcpKind.Refused;
            KcpDatagram.NonceOf(connect).CopyTo(refused[1..]);
            Send(refused, from);
            return;
        }

        connection = new KcpConnection(this, options.Value, id, from, slot);
        _connections[id] = connection;
        Interlocked.Increment(ref _count);
        connection.Welcome(KcpDatagram.NonceOf(connect));
        _ = Task.Run(() => Run(connection));
    }

    /// <summary>A connection gives way to another: nothing of it is kept.</summary>
    private void Drop(ulong id)
    {
        if (_connections.TryGetValue(id, out var connection))
            connection.Abort();
        Forget(id);
    }

    private void Forget(ulong id)
    {
        if (!_connections.TryRemove(id, out var connection))
            return;
        Interlocked.Decrement(ref _count);
        connection.Slot.Dispose();
    }

    private async Task Run(KcpConnection connection)
    {
        try
        {
            await host.Run(connection, connection.Slot);
        }
        catch (Exception e)
        {
            LogFault(e);
        }
        finally
        {
            connection.ForgetAtMs = Environment.TickCount64 + LingerMs;
        }
    }

    private async Task TickAll()
    {
        var armed = new List<KcpConnection>();
        try
        {
            while (true)
            {
                if (armed.Count == 0 && _newlyArmed.IsEmpty)
                    await _wake.WaitAsync(1_000, _stop.Token);
                // Acknowledgements wait for a moment: most go with an answer.
                await Task.Delay(TickMs, _stop.Token);
                while (_newlyArmed.TryDequeue(out var connection))
                    armed.Add(connection);
                Tick(armed, Environment.TickCount64);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private void Tick(List<KcpConnection> armed, long now)
    {
        armed.RemoveAll(connection =>
        {
            try
            {
                return !connection.Tick(now);
            }
            catch (Exception e)
            {
                LogFault(e);
                connection.Abort();
                return true;
            }
        });
        if (now - _sweptAtMs < 1_000)
            return;
        _sweptAtMs = now;
        Interlocked.Exchange(ref _gone, 0);
        foreach (var (id, connection) in _connections)
        {
            if (connection.ForgetAtMs <= now)
                Forget(id);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A datagram could not be received")]
    private partial void LogNotReceived(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A KCP connection has met a fault")]
    private partial void LogFault(Exception exception);
}
