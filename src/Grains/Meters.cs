using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace GameBackend.Grains;

/// <summary>
/// Makes meters at the start of a silo: what is not counted yet is then shown as nothing, and not missing.
/// </summary>
internal static class Meters
{
    public static IServiceCollection AddMeter<TMeter>(this IServiceCollection services) where TMeter : class
    {
        services.TryAddSingleton<TMeter>();
        services.AddHostedService<Maker<TMeter>>();
        return services;
    }

    /// <summary>Asking for it is all there is to do.</summary>
    private sealed class Maker<TMeter>(TMeter meter) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = meter;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
