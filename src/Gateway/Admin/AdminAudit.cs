namespace GameBackend.Gateway.Admin;

/// <summary>
/// Writes down what operators do: to the log, under a category that has files of its own, kept for a year.
/// </summary>
internal sealed partial class AdminAudit(ILoggerFactory loggers)
{
    public const string Category = "GameBackend.Audit";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    public void Record(HttpContext http, string action, string target, string? detail, int status) =>
        LogAction(action, target, detail ?? "", http.Connection.RemoteIpAddress?.ToString() ?? "", status);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Action} {Target} ({Detail}) from {RemoteAddress}: {Status}")]
    private partial void LogAction(string action, string target, string detail, string remoteAddress, int status);
}
