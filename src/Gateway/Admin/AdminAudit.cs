using System.Security.Cryptography;
using System.Text.Encodings.Web;
using GameBackend.Gateway.Accounts;

namespace GameBackend.Gateway.Admin;

/// <summary>
/// Writes down what operators do: to the audit's files and to the log. What cannot be written down is not done. There are
/// two lines with the same number: what is asked, before anything is done, and how it has ended. One that stands alone
/// with a status was refused as it was read; one that was asked and has no end was under way when the process died.
/// </summary>
internal sealed partial class AdminAudit(ILoggerFactory loggers, AuditFile file)
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

        if (!Write("asked"))
            return AccountProblem.Unaudited;
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

        bool Write(string state)
        {
            var line = $"{action} \"{Quoted.Encode(order.Target)}\" (\"{Quoted.Encode(order.Detail)}\") from "
                + $"{http.Connection.RemoteIpAddress}, {number}: {state}";
            LogAction(line);
            try
            {
                file.Write(line);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogUnwritten(e, number);
                return false;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Line:l}")]
    private partial void LogAction(string line);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit file does not take a line of {Number}")]
    private partial void LogUnwritten(Exception exception, string number);
}
