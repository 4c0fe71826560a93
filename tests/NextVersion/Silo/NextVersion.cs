using System.Globalization;
using GameBackend.Grains.Interfaces;
using GameBackend.Silo;

[assembly: HostingStartup(typeof(NextVersion))]

namespace GameBackend.Silo;

/// <summary>A caller of the added method: GET /next/ID.</summary>
internal sealed class NextVersion : IHostingStartup, IStartupFilter
{
    public void Configure(IWebHostBuilder builder) =>
        builder.ConfigureServices(services => services.AddSingleton<IStartupFilter, NextVersion>());

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Map("/next", branch => branch.Run(async http =>
        {
            var player = (long)ulong.Parse(http.Request.Path.Value![1..], CultureInfo.InvariantCulture);
            var grains = http.RequestServices.GetRequiredService<IGrainFactory>();
            await http.Response.WriteAsync(await grains.GetGrain<IPlayerProfile>(player).Greet("hello"));
        }));
        next(app);
    };
}
