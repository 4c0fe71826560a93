namespace GameBackend.Gateway.Hosting;

/// <summary>
/// Makes the calls of a log-in once, for nobody, when a gateway starts: it is ready when they were answered. So the first
/// player does not find a cluster whose silos are known and cannot be called yet, or pay for what is made once.
/// </summary>
internal sealed partial class FirstCalls(IClusterClient cluster, ILogger<FirstCalls> logger) : BackgroundService
{
    private const string Nobody = "device/";

    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the calls were answered.</summary>
    public Task Answered => _answered.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var told = false; !Answered.IsCompleted; told = true)
        {
            try
            {
                await Task.WhenAll(
                    cluster.GetGrain<ICredentialGrain>(Nobody).Verify(null),
                    cluster.GetGrain<IAccountGrain>(0).Check(0, 0),
                    cluster.GetGrain<IPlayerProfile>(0).GetPublicProfile(),
                    cluster.GetGrain<IMailboxGrain>(0).Read(1, 1));
                _answered.SetResult();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (!told)
                    LogNotYet(e.Message);
                await Task.Delay(RetryEvery, stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The cluster does not serve log-ins yet: {Why}")]
    private partial void LogNotYet(string why);
}
