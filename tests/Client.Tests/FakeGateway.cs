using System.Net;
using GameBackend.Client.Transports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GameBackend.Client.Tests;

/// <summary>
/// A gateway of one process for tests: real sockets, TCP and WebSocket, in front of a <see cref="FakeWorld"/>. What it
/// does with a connection can be changed by the test.
/// </summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HashSet<FakeConnection> _connections = [];
    private bool _isGone;

    private FakeGateway(WebApplication app, FakeWorld world)
    {
        _app = app;
        World = world;
    }

    public FakeWorld World { get; }

    public Uri Tcp { get; private set; } = null!;

    public Uri WebSocket { get; private set; } = null!;

    public Uri Http { get; private set; } = null!;

    /// <summary>How many connections were taken so far.</summary>
    public int Accepted { get; private set; }

    /// <summary>Sees each connection before it is served.</summary>
    public Action<FakeConnection> OnConnection { get; set; } = _ => { };

    public Uri Address(PreferredTransport transport) => transport == PreferredTransport.Tcp ? Tcp : WebSocket;

    public static async Task<FakeGateway> Start(FakeWorld world)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        FakeGateway? gateway = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, tcp => tcp.Run(connection => gateway!.ServeTcp(connection)));
        });
        var app = builder.Build();
        gateway = new FakeGateway(app, world);
        app.UseWebSockets();
        app.Map("/ws", gateway.ServeWebSocket);
        app.MapPost("/v1/accounts/{what}", world.Accounts.Serve);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address)).ToArray();
        gateway.Http = addresses[0];
        gateway.WebSocket = new Uri($"ws://{addresses[0].Authority}/ws");
        gateway.Tcp = new Uri($"tcp://{addresses[1].Authority}");
        return gateway;
    }

    /// <summary>Cuts every connection, as a crash does.</summary>
    public void CutAll()
    {
        lock (_connections)
        {
            foreach (var connection in _connections)
                connection.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_connections)
            _isGone = true;
        CutAll();
        await _app.DisposeAsync();
    }

    private async Task ServeTcp(ConnectionContext context)
    {
        var stream = new DuplexStream(context.Transport);
        await Serve(new FakeConnection(new TcpTransport(stream), World, context.Abort));
    }

    private async Task ServeWebSocket(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await Serve(new FakeConnection(new WebSocketTransport(socket), World, context.Abort));
    }

    private async Task Serve(FakeConnection connection)
    {
        lock (_connections)
        {
            if (_isGone)
                return;
            _connections.Add(connection);
            Accepted++;
        }
        OnConnection(connection);
        await connection.Serve();
        lock (_connections)
            _connections.Remove(connection);
    }
}
