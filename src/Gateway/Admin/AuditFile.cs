using System.Globalization;
using System.Text;
using GameBackend.Gateway.Hosting;

namespace GameBackend.Gateway.Admin;

/// <summary>
/// The audit's files: one a month, kept for a year. A line is on the disk when <see cref="Write"/> returns; it throws
/// if it is not, so that nothing is done of which no line is left.
/// </summary>
internal sealed class AuditFile(string directory, string process, TimeProvider time)
{
    private const int KeptMonths = 12;

    private readonly Lock _gate = new();
    private string? _current;

    /// <exception cref="StartupException">This month's file cannot be written.</exception>
    public void Check()
    {
        try
        {
            Append([]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The audit file {Path(time.GetLocalNow())} cannot be written: {e.Message}");
        }
    }

    /// <exception cref="IOException">It was not written.</exception>
    /// <exception cref="UnauthorizedAccessException">It was not written.</exception>
    public void Write(string line)
    {
        var at = time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        Append(Encoding.UTF8.GetBytes($"{at} INF {AdminAudit.Category} {line}\n"));
    }

    private void Append(byte[] line)
    {
        var path = Path(time.GetLocalNow());
        lock (_gate)
        {
            if (path != _current)
                DropOld();
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, 1);
            var end = file.Length;
            try
            {
                file.Position = end;
                file.Write(line);
                file.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                // The beginning of a line would spoil the next one.
                file.SetLength(end);
                throw;
            }

            _current = path;
        }
    }

    private void DropOld()
    {
        var oldest = Path(time.GetLocalNow().AddMonths(1 - KeptMonths));
        foreach (var path in Directory.EnumerateFiles(directory, $"audit-{process}-??????.log"))
        {
            if (string.CompareOrdinal(path, oldest) < 0)
                File.Delete(path);
        }
    }

    private string Path(DateTimeOffset at) => System.IO.Path.Combine(
        directory, string.Create(CultureInfo.InvariantCulture, $"audit-{process}-{at:yyyyMM}.log"));
}
