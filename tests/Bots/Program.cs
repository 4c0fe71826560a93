using System.Diagnostics;
using System.Runtime.InteropServices;
using GameBackend.Bots;
using GameBackend.Bots.Scenarios;

if (args.Any(arg => arg is "--help" or "-h" or "-?"))
{
    Console.Out.WriteLine(BotArguments.Usage);
    return 0;
}

BotArguments arguments;
try
{
    arguments = BotArguments.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message} --help says what there is.");
    return 2;
}

var run = new BotRun(arguments);
IScenario scenario = arguments.Scenario switch
{
    "smoke" => new SmokeScenario(),
    "mail" => new MailScenario(),
    "social" => new SocialScenario(),
    "market" => new MarketScenario(),
    "arena" => new ArenaScenario(),
    "fuzz" => new FuzzScenario(),
    "verify" => new VerifyScenario(),
    _ => new PlayScenario(),
};
var bots = scenario.MakeBots(run);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, EndLoad);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndLoad);
var begin = Stopwatch.GetTimestamp();
using (var end = new CancellationTokenSource())
{
    var progress = Progress.Show(run, bots, end.Token);
    try
    {
        await scenario.Run(run, bots);
    }
    catch (Exception e)
    {
        run.Report.Fail($"The run was broken off: {e}");
    }
    await end.CancelAsync();
    await progress;
}
foreach (var bot in bots)
    await bot.DisposeAsync();
Console.Out.WriteLine(run.Report.ToJson(arguments, Stopwatch.GetElapsedTime(begin).TotalSeconds, bots));
return run.Report.FailureCount == 0 ? 0 : 1;

// The second time it ends the process, as ever.
void EndLoad(PosixSignalContext signal)
{
    signal.Cancel = run.MakesLoad;
    run.EndLoad();
}
