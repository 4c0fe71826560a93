namespace GameBackend.Gateway.Admin;

/// <summary>
/// Keeps what is for operators (<c>/v1/admin/…</c>, <c>/metrics</c>, <c>/health/ready</c>) on their own port, and all
/// else off it. Liveness is answered on both.
/// </summary>
internal static class OperatorsPort
{
    private static readonly PathString[] Paths = ["/v1/admin", "/metrics", "/health/ready"];

    /// <param name="port">0: operators share the clients' port.</param>
    public static void UseOperatorsPort(this WebApplication app, int port)
    {
        if (port == 0)
            return;
        app.Use((http, next) =>
        {
            if (http.Request.Path.StartsWithSegments("/health/live")
                || IsForOperators(http.Request.Path) == (http.Connection.LocalPort == port))
                return next(http);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private static bool IsForOperators(PathString path) => Array.Exists(Paths, each => path.StartsWithSegments(each));
}
