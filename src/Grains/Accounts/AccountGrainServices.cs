using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains;

/// <summary>Draws the id of a new player: positive, and free with all but certainty.</summary>
public delegate long NewPlayerId();

public static class AccountGrainServices
{
    /// <summary>
    /// What a silo needs to run accounts. The silo provides grain storage by the name <c>Default</c>, and reminders.
    /// </summary>
    public static IServiceCollection AddAccountGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccountGrainOptions>()
            .Bind(configuration.GetSection(AccountGrainOptions.Section))
            .ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<AccountGrainOptions>, AccountGrainOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PasswordHashing>();
        services.TryAddSingleton<NewPlayerId>(DrawPlayerId);
        return services;
    }

    private static long DrawPlayerId()
    {
        while (true)
        {
            var id = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue;
            if (id != 0)
                return id;
        }
    }
}
