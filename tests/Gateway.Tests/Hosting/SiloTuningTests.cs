using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace GameBackend.Gateway.Tests.Hosting;

/// <summary>What a silo asks of Orleans beside what its own options say.</summary>
public sealed class SiloTuningTests
{
    [Fact]
    public async Task Idle_grains_go_when_the_memory_runs_out()
    {
        await using var backend = await Backend.Start();
        var options = backend.Services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        Assert.True(options.EnableActivationSheddingOnMemoryPressure);
        Assert.InRange(options.MemoryUsageTargetPercentage, 50, options.MemoryUsageLimitPercentage);
        Assert.InRange(options.MemoryUsageLimitPercentage, 60, 90);
    }
}
