using System.Security.Cryptography;
using System.Text.Encodings.Web;

namespace GameBackend.Gateway.Admin;

/// <summary>
/// Writes down what operators do: to the log, under a category that has files of its own, kept for a year. There are
/// two lines with the same number: what is asked, before anything is done, and how it has ended. One that stands alone
/// with a status was refused as it was read; one that was asked and has no end was under way when the process died.
/// </summary>
internal sealed partial class AdminAudit(ILoggerFactory loggers)
{
    public const string Category = "GameBackend.Audit";

    // What comes from outside stands in quotes, and can neither end them nor the line.
    private static readonly JavaScriptEncoder Quoted = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <summary>Does what is asked, between its two lines.</summary>
    public async Task<IResult> Run(HttpContext http, string action, AdminOrder order)
    {
        var number = RandomNumberGenerator.GetHexString(8, lowercase: true);
        if (order.Refusal is { } refusal)
        {
            Write($"{refusal.Status}");
            return refusal;
        }

        Write("asked");
        try
        {
            var answer = await order.Do();
            var gone = http.RequestAborted.IsCancellationRequested ? "; the caller has gone" : "";
            Write($"{answer.Status}{(answer.Outcome.Length > 0 ? ", " : "")}{answer.Outcome}{gone}");
            return answer.Result;
        }
        catch (Exception e)
        {
            Write($"failed, and may have been done: \"{Quoted.Encode(e.Message)}\"");
            throw;
        }

        void Write(string state) => LogAction(
            action, Quoted.Encode(order.Target), Quoted.Encode(order.Detail),
            http.Connection.RemoteIpAddress?.ToString() ?? "", number, state);
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Action} \"{Target}\" (\"{Detail}\") from {RemoteAddress}, {Number}: {State}")]
    private partial void LogAction(
        string action, string target, string detail, string remoteAddress, string number, string state);
}
