using System.Threading.RateLimiting;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Stands before a route: limits its rate, if it has a limit, and turns every fault into an answer that a client can
/// act on.
/// </summary>
internal sealed partial class AccountGuard(
    Func<HttpContext, Task<IResult>> route,
    ILogger<AccountGuard> log,
    PartitionedRateLimiter<HttpContext>? limit = null)
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);

    public async Task Handle(HttpContext http)
    {
        var result = await Answer(http);
        if (!http.RequestAborted.IsCancellationRequested)
            await result.ExecuteAsync(http);
    }

    private async Task<IResult> Answer(HttpContext http)
    {
        using var lease = limit?.AttemptAcquire(http);
        if (lease is { IsAcquired: false })
        {
            var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : DefaultWait;
            return AccountProblem.RateLimited(wait);
        }

        try
        {
            return await route(http);
        }
        catch (BadHttpRequestException)
        {
            return AccountProblem.InvalidRequest;
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException or OrleansException
            or GameBackend.Nodes.NodeException)
        {
            RouteUnavailable(http.Request.Path, fault.Message);
            return AccountProblem.Unavailable;
        }
        catch (Exception fault)
        {
            // Storage that is down shows as an exception of its client, so it cannot be told from a defect here.
            RouteFaulted(http.Request.Path, fault);
            return AccountProblem.Unavailable;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} could not be answered: {Why}")]
    private partial void RouteUnavailable(string path, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private partial void RouteFaulted(string path, Exception fault);
}
