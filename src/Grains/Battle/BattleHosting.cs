using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Grains.Battle;

public static class BattleHosting
{
    /// <summary>Adds what battles need on every silo.</summary>
    public static IServiceCollection AddBattles(this IServiceCollection services)
    {
        services.AddOptions<BattleOptions>()
            .BindConfiguration(BattleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMeter<BattleMetrics>();
        services.AddSingleton<BattlePacer>();
        services.AddSingleton<BattleServices>();
        return services;
    }
}
