namespace GameBackend.Bots.Scenarios;

/// <summary>What the bots of a run do.</summary>
internal interface IScenario
{
    IReadOnlyList<Bot> MakeBots(BotRun run) =>
        [.. Enumerable.Range(0, run.Arguments.Bots).Select(index => new Bot(run, index))];

    /// <summary>Runs to the end and judges; what is wrong goes into the report.</summary>
    Task Run(BotRun run, IReadOnlyList<Bot> bots);
}

/// <summary>Steps that scenarios share.</summary>
internal static class Crowd
{
    // More at once would only queue up at the gateways.
    private const int LogInsAtOnce = 32;

    /// <summary>Does something with every bot. What is thrown is a failure of that bot.</summary>
    public static async Task All(IReadOnlyList<Bot> bots, Func<Bot, Task> action, int atOnce = int.MaxValue)
    {
        using var places = new SemaphoreSlim(Math.Min(atOnce, bots.Count + 1));
        await Task.WhenAll(bots.Select(async bot =>
        {
            await places.WaitAsync();
            try
            {
                await action(bot);
            }
            catch (Exception e)
            {
                bot.Report.Fail($"{bot.Name} has stopped: {e}");
            }
            finally
            {
                places.Release();
            }
        }));
    }

    /// <summary>Logs all in and creates their players.</summary>
    public static Task LogIn(IReadOnlyList<Bot> bots) => All(bots, async bot =>
    {
        await bot.LogIn();
        await bot.CreatePlayer();
    }, LogInsAtOnce);
}
