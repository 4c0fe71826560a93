using System.Security.Cryptography;
using System.Text;
using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Admin;

/// <summary>
/// The operators' routes, all on one screen. They need a key, and <see cref="OperatorsPort"/> keeps them on their port.
/// </summary>
public static class AdminEndpoints
{
    private const string KeyHeader = "X-Admin-Key";

    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddChecked<AdminOptions>(AdminOptions.Section);
        services.AddSingleton<AdminAudit>();
        services.AddSingleton<AdminAccounts>();
        services.AddSingleton<AdminLetters>();
        services.AddSingleton<AdminNodes>();
        services.AddSingleton<AdminZones>();
        return services;
    }

    public static void MapAdmin(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<AdminOptions>>().Value;
        if (!options.IsOn)
            return;
        app.Services.GetRequiredService<AuditFile>().Check();
        var key = Hash(options.Key!);
        var limit = app.Services.GetRequiredService<AccountRateLimits>().Password;
        var audit = app.Services.GetRequiredService<AdminAudit>();
        var log = app.Services.GetRequiredService<ILogger<AccountGuard>>();

        Act("/v1/admin/ban", http => Accounts(http).Ban(http));
        Act("/v1/admin/unban", http => Accounts(http).Unban(http));
        Act("/v1/admin/kick", http => Accounts(http).Kick(http));
        Act("/v1/admin/mute", http => Accounts(http).Mute(http));
        Act("/v1/admin/letters", http => http.RequestServices.GetRequiredService<AdminLetters>().Send(http));
        Act("/v1/admin/announce", http => Cluster(http).Announce(http));
        Act("/v1/admin/drain", http => Cluster(http).Drain(http, undo: false));
        Act("/v1/admin/undrain", http => Cluster(http).Drain(http, undo: true));
        Act("/v1/admin/export", http => Zones(http).Export(http));
        Act("/v1/admin/zones/battles", http => Zones(http).Open(http));
        Look("/v1/admin/zones", http => Task.FromResult(Zones(http).Abroad()));
        Look("/v1/admin/zones/{zone}/players/{player}", http =>
            Zones(http).Find(Part(http, "zone"), Part(http, "player")));
        Look("/v1/admin/zones/{zone}/battles/{battle}", http =>
            Zones(http).Battle(Part(http, "zone"), Part(http, "battle")));
        Look("/v1/admin/nodes", http => Task.FromResult(Cluster(http).Nodes()));
        Look("/v1/admin/spread", http => Cluster(http).Spread());
        Look("/v1/admin/routes", http => Task.FromResult(Cluster(http).Routes()));
        Look("/v1/admin/sessions", http => Task.FromResult(Cluster(http).Sessions(
            int.TryParse(http.Request.Query["count"], out var count) ? count : null)));
        Look("/v1/admin/players/{player}", http => Accounts(http).Find(Part(http, "player")));

        void Act(string path, Func<HttpContext, Task<AdminOrder>> route) => app.MapPost(path, Guarded(
            async http => await audit.Run(http, path["/v1/admin/".Length..], await Read(http, route))));

        void Look(string path, Func<HttpContext, Task<IResult>> route) => app.MapGet(path, Guarded(route));

        RequestDelegate Guarded(Func<HttpContext, Task<IResult>> route)
        {
            // Only guesses at the key are limited: who has it may look as often as needed.
            var open = new AccountGuard(route, log);
            var shut = new AccountGuard(_ => Task.FromResult<IResult>(AccountProblem.AdminKeyWrong), log, limit);
            return http => (HasKey(http) ? open : shut).Handle(http);
        }

        // Hashes are compared, in constant time: neither the key's letters nor its length show in how long it takes.
        bool HasKey(HttpContext http) =>
            CryptographicOperations.FixedTimeEquals(Hash(http.Request.Headers[KeyHeader].ToString()), key);
    }

    /// <summary>What is asked. A malformed request is refused as an order is, so that the audit has it.</summary>
    private static async Task<AdminOrder> Read(HttpContext http, Func<HttpContext, Task<AdminOrder>> route)
    {
        try
        {
            return await route(http);
        }
        catch (BadHttpRequestException fault)
        {
            return AccountProblem.Malformed(fault);
        }
    }

    private static AdminAccounts Accounts(HttpContext http) => http.RequestServices.GetRequiredService<AdminAccounts>();

    private static AdminNodes Cluster(HttpContext http) => http.RequestServices.GetRequiredService<AdminNodes>();

    private static AdminZones Zones(HttpContext http) => http.RequestServices.GetRequiredService<AdminZones>();

    private static string Part(HttpContext http, string name) => (string)http.GetRouteValue(name)!;

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
