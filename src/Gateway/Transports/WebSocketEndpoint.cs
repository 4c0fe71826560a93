using System.Diagnostics;
using System.Net;
using GameBackend.Gateway.Sessions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Transports;

/// <summary>The path <c>/ws</c>. With <c>?format=json</c> envelopes are protobuf-JSON text, for debugging.</summary>
internal static class WebSocketEndpoint
{
    public const string Path = "/ws";

    public static void UseClientWebSockets(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path == Path, branch =>
        {
            branch.Use((context, next) =>
            {
                if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
                    context.Features.Set<IHttpUpgradeFeature>(new SharedStream.Upgrade(upgrade));
                return next(context);
            });
            // Heartbeats of the envelope keep a session alive; the WebSocket's own pings would be a second timer each.
            branch.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
            branch.Run(Accept);
        });
    }

    private static async Task Accept(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        var services = context.RequestServices;
        var abort = Abort(context);
        using var slot = services.GetRequiredService<ConnectionLimiter>().Take(
            context.Connection.RemoteIpAddress, abort);
        if (slot is null)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.Connection = "close";
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new WebSocketConnection(
            socket,
            ((SharedStream.Upgrade)context.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Stream!,
            new IPEndPoint(context.Connection.RemoteIpAddress ?? IPAddress.None, context.Connection.RemotePort),
            abort,
            services.GetRequiredService<IOptions<GatewayOptions>>().Value,
            json: context.Request.Query["format"] == "json");
        // A session's requests are no part of the HTTP request that has opened it.
        Activity.Current = null;
        await services.GetRequiredService<SessionHost>().Run(connection, slot);
    }

    // The connection's own abort: unlike the request's it may still be called when the request is over.
    private static Action Abort(HttpContext context) =>
        context.Features.Get<IConnectionLifetimeFeature>() is { } connection ? connection.Abort : context.Abort;
}
