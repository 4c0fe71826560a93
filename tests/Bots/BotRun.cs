using System.Diagnostics;

namespace GameBackend.Bots;

/// <summary>One run: its arguments, its report, and until when it makes load.</summary>
internal sealed class BotRun(BotArguments arguments)
{
    /// <summary>
    /// How long a bot may take to be back after its gateway is gone, and to settle at the end, in
    /// <see cref="MachineTime"/>.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private long _loadEndsAt = long.MaxValue;
    private volatile bool _isEnded;

    public BotArguments Arguments { get; } = arguments;

    public RunReport Report { get; } = new();

    /// <summary>Tells this run's accounts, names and notes from those of other runs: five characters.</summary>
    public string Nonce { get; } = MakeNonce();

    public bool MakesLoad => !_isEnded && Stopwatch.GetTimestamp() < Volatile.Read(ref _loadEndsAt);

    public TimeSpan LoadLeft => MakesLoad
        ? Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), Volatile.Read(ref _loadEndsAt))
        : TimeSpan.Zero;

    /// <summary>A fuzz lasts as long as its frames do.</summary>
    public void BeginLoad() => Volatile.Write(ref _loadEndsAt, Arguments.Scenario == "fuzz"
        ? long.MaxValue
        : Stopwatch.GetTimestamp() + (Arguments.Seconds * Stopwatch.Frequency));

    /// <summary>Ends the load before its time. What is under way is finished, and all is judged as ever.</summary>
    public void EndLoad() => _isEnded = true;

    /// <summary>Waits until the condition holds, and says whether it does in time.</summary>
    public static async Task<bool> Until(Func<bool> condition, TimeSpan patience)
    {
        var begin = MachineTime.Now;
        while (!condition())
        {
            if (MachineTime.Now - begin > patience)
                return false;
            await Task.Delay(20);
        }
        return true;
    }

    private static string MakeNonce()
    {
        const string digits = "0123456789abcdefghijklmnopqrstuvwxyz";
        return string.Concat(Enumerable.Range(0, 5).Select(_ => digits[Random.Shared.Next(digits.Length)]));
    }
}
