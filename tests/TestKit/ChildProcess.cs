using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace GameBackend.TestKit;

/// <summary>A real process: what it says is kept, and it does not outlive this one.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentQueue<ChildProcess> Started = [];

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Suits, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly Process _process;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var child in Started)
            child.KillQuietly();
    };

    private ChildProcess(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    public string Name { get; }

    public bool IsRunning => !_process.HasExited;

    /// <summary>Every process that was started, the oldest first.</summary>
    public static IReadOnlyCollection<ChildProcess> All => Started;

    public static ChildProcess Start(
        string name, string file, IEnumerable<string> arguments, string directory,
        params (string Name, string? Value)[] environment)
    {
        Directory.CreateDirectory(directory);
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (variable, value) in environment)
            start.Environment[variable] = value;
        var process = new Process { StartInfo = start };
        var child = new ChildProcess(name, process);
        process.OutputDataReceived += (_, said) => child.Take(said.Data);
        process.ErrorDataReceived += (_, said) => child.Take(said.Data);
        process.Start();
        Started.Enqueue(child);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The first line with a text in it, said already or yet to come.</summary>
    public Task<string> Line(string text, TimeSpan within) =>
        Line(line => line.Contains(text, StringComparison.Ordinal), $"'{text}'", within);

    /// <summary>The first line that suits, said already or yet to come.</summary>
    public async Task<string> Line(Func<string, bool> suits, string what, TimeSpan within)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Find(new Predicate<string>(suits)) is { } line)
                return line;
            _waiting.Add((suits, found));
        }

        await Task.WhenAny(found.Task, _process.WaitForExitAsync())
            .Within(within.TotalSeconds, $"{Name} says {what}");
        // The end of a process comes after all that it has said.
        return found.Task.IsCompleted
            ? await found.Task
            : throw new InvalidOperationException($"{Name} has ended with {_process.ExitCode} and not said {what}.");
    }

    /// <summary>All that it has said, on both streams.</summary>
    public string[] Lines()
    {
        lock (_gate)
            return [.. _lines];
    }

    /// <summary>Waits for the end of the process and of what it says.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Exit(TimeSpan within)
    {
        await _process.WaitForExitAsync().Within(within.TotalSeconds, $"{Name} ends");
        return _process.ExitCode;
    }

    /// <summary>Ends the process as a crash does (SIGKILL), and waits until it is gone.</summary>
    public async Task Kill()
    {
        KillQuietly();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM: asks the process to stop.</summary>
    public void Terminate() => Send(15);

    /// <summary>SIGSTOP: the process stands still, and its sockets stay open.</summary>
    public void Freeze() => Send(19);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Send(18);

    /// <summary>The memory that the process has in use, in bytes.</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status")
            .First(each => each.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync() => await Kill();

    private void KillQuietly()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private void Send(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0)
            throw new InvalidOperationException($"{Name} takes no signal; it has ended.");
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _lines.Add(line);
            foreach (var waiting in _waiting.Where(each => each.Suits(line)).ToArray())
            {
                _waiting.Remove(waiting);
                waiting.Found.TrySetResult(line);
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
