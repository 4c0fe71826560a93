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
    public async Task Handle(HttpContext http)
    {
        var result = await Answer(http);
        if (!http.RequestAborted.IsCancellationRequested)
            await result.ExecuteAsync(http);
    }

    private async Task<IResult> Answer(HttpContext http)
    {
        try
        {
            using var lease = limit is null ? null : await limit.AcquireAsync(http, 1, http.RequestAborted);
            return lease is { IsAcquired: false } ? AccountRateLimits.Refusal(lease) : await route(http);
        }
        catch (BadHttpRequestException fault)
        {
            return AccountProblem.Malformed(fault);
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
