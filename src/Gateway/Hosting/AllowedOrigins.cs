using GameBackend.Gateway.Transports;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Hosting;

/// <summary>
/// Which web pages may use this gateway: those of the origins in <see cref="GatewayOptions.AllowedOrigins"/>, and in
/// development those of any origin if the list is empty. Clients that are no browser send no Origin, and pass.
/// </summary>
internal sealed class AllowedOrigins(IOptions<GatewayOptions> options, IHostEnvironment environment)
{
    private readonly HashSet<string> _listed = new(options.Value.AllowedOrigins, StringComparer.OrdinalIgnoreCase);
    private readonly bool _any = options.Value.AllowedOrigins is []
        ? environment.IsDevelopment()
        : options.Value.AllowedOrigins.Contains(GatewayOptions.AnyOrigin);

    public bool Allows(string origin) => _any || _listed.Contains(origin);
}

/// <summary>CORS on the account routes, and the same list on the WebSocket path.</summary>
internal static class OriginChecks
{
    private static readonly TimeSpan PreflightHolds = TimeSpan.FromHours(1);

    public static void UseAllowedOrigins(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<AllowedOrigins>();
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments("/v1/accounts"),
            accounts => accounts.UseCors(policy => policy.SetIsOriginAllowed(origins.Allows)
                .WithMethods(HttpMethods.Post).WithHeaders("Content-Type", "Authorization")
                .WithExposedHeaders("Retry-After").SetPreflightMaxAge(PreflightHolds)));
        app.Use((http, next) =>
        {
            // Browsers ask nobody before they open a WebSocket.
            if (http.Request.Path != WebSocketEndpoint.Path
                || http.Request.Headers.Origin.All(each => origins.Allows(each!)))
                return next(http);
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
    }
}
