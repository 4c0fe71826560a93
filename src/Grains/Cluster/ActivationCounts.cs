using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Cluster;

/// <summary>How many grains are active on this silo, as it was a moment ago.</summary>
public sealed partial class ActivationCounts(
    ILocalSiloDetails silo, IGrainFactory grains, ILogger<ActivationCounts> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>Grains of all types.</summary>
    public int Total { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(
            tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default))
        {
            try
            {
                var statistics =
                    await grains.GetGrain<IManagementGrain>(0)
                        .GetSimpleGrainStatistics([silo.SiloAddress], stoppingToken);
                Total = statistics.Sum(each => each.ActivationCount);
            }
            catch (Exception e)
            {
                LogUnknown(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The number of activations could not be asked")]
    private partial void LogUnknown(Exception exception);
}
