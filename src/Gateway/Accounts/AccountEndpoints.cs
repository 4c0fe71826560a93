using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Accounts;

/// <summary>The account routes, all on one screen.</summary>
public static class AccountEndpoints
{
    /// <summary>
    /// What the routes and <see cref="AccessTokens"/> need. The host provides the <c>IClusterClient</c>.
    /// </summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(AccountsOptions.Section);
        services.AddOptions<AccountsOptions>().Bind(section).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<AccountsOptions>, AccountsOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AccessTokens>();
        services.TryAddSingleton<AccountRateLimits>();
        services.TryAddSingleton<NewAccounts>();
        services.TryAddSingleton<GatewayChoice>();
        services.TryAddSingleton<ExternalIdentities>();
        services.TryAddSingleton<AccountSessions>();
        services.TryAddSingleton<AccountRoutes>();
        if (section.GetValue<int>(nameof(AccountsOptions.ProofOfWorkBits)) > 0)
            services.AddSingleton<INewAccountCheck, ProofOfWorkCheck>();
        foreach (var provider in section.GetSection(nameof(AccountsOptions.TicketProviders)).GetChildren())
            services.AddSingleton<IExternalIdentityVerifier>(all => TicketVerifier(all, provider.Key));
        return services;
    }

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var routes = services.GetRequiredService<AccountRoutes>();
        var limits = services.GetRequiredService<AccountRateLimits>();

        Map("/v1/accounts/register", routes.Register, limits.Password);
        Map("/v1/accounts/login", routes.LogIn, limits.Password);
        Map("/v1/accounts/password", routes.ChangePassword, limits.Password);
        Map("/v1/accounts/external", routes.ByExternal, limits.Password);
        Map("/v1/accounts/device", routes.ByDevice, limits.Session);
        Map("/v1/accounts/refresh", routes.Refresh, limits.Session);
        Map("/v1/accounts/logout", routes.LogOut, limits.Session);

        return endpoints;

        void Map(string path, Func<HttpContext, Task<IResult>> route, PartitionedRateLimiter<HttpContext> limit)
        {
            var guard = new AccountGuard(route, services.GetRequiredService<ILogger<AccountGuard>>(), limit);
            endpoints.MapPost(path, guard.Handle);
        }
    }

    private static SignedTicketVerifier TicketVerifier(IServiceProvider services, string provider) => new(
        provider,
        services.GetRequiredService<IOptions<AccountsOptions>>().Value.TicketProviders[provider],
        services.GetRequiredService<TimeProvider>());
}
