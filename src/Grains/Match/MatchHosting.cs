using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Grains.Match;

public static class MatchHosting
{
    /// <summary>Adds what the matchmaker and the leaderboards need on every silo.</summary>
    public static IServiceCollection AddMatch(this IServiceCollection services)
    {
        services.AddOptions<MatchOptions>()
            .BindConfiguration(MatchOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedService<MatchKeeper>();
        return services.AddMeter<MatchMetrics>();
    }
}
