using System.Diagnostics;
using System.Net;
using GameBackend.Gateway.Sessions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// The path <c>/ws</c>. With <c>?format=json</c>, where that is on, envelopes are protobuf-JSON text, for debugging.
/// </summary>
internal static class WebSocketEndpoint
{
    public const string Path = "/ws";

    public static void UseClientWebSockets(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path == Path, branch =>
        {
            branch.Use((context, next) =>
            {
                // The handshake is the framework's, the frames are ours: it must not begin to read them.
                if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
                    context.Features.Set<IHttpUpgradeFeature>(new Upgrade(upgrade));
                return next(context);
            });
            // Heartbeats of the envelope keep a session alive; the WebSocket's own pings would be a second timer each.
            branch.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
            branch.Run(Accept);
        });
    }

    private static async Task Accept(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest
            || context.Features.Get<IHttpUpgradeFeature>() is not Upgrade upgrade)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        var services = context.RequestServices;
        var options = services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var json = context.Request.Query["format"] == "json";
        if (json && !(options.JsonWebSockets ?? services.GetRequiredService<IHostEnvironment>().IsDevelopment()))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("JSON is off here: Gateway:JsonWebSockets turns it on.\n");
            return;
        }

        var abort = Abort(context);
        using var slot = services.GetRequiredService<ConnectionLimiter>().Take(
            context.Connection.RemoteIpAddress, abort);
        if (slot is null)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.Connection = "close";
            return;
        }

        await context.WebSockets.AcceptWebSocketAsync();
        var connection = new WebSocketConnection(
            upgrade.Stream!,
            new IPEndPoint(context.Connection.RemoteIpAddress ?? IPAddress.None, context.Connection.RemotePort),
            abort,
            options,
            json);
        // A session's requests are no part of the HTTP request that has opened it.
        Activity.Current = null;
        await services.GetRequiredService<SessionHost>().Run(connection, slot);
    }

    // The connection's own abort: unlike the request's it may still be called when the request is over.
    private static Action Abort(HttpContext context) =>
        context.Features.Get<IConnectionLifetimeFeature>() is { } connection ? connection.Abort : context.Abort;

    /// <summary>Keeps hold of the stream that the handshake leaves.</summary>
    private sealed class Upgrade(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
    {
        public Stream? Stream { get; private set; }

        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => Stream = await inner.UpgradeAsync();
    }
}
