using GameBackend.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Tests;

/// <summary>One silo on the embedded store, wired as in the product.</summary>
public sealed class EmbeddedGame : GameHost
{
    private readonly string _directory = Directory.CreateTempSubdirectory("game-").FullName;
    private IHost _host = null!;

    public override IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    public override IServiceProvider Silo => _host.Services;

    public override async Task InitializeAsync()
    {
        using var ports = new FreePorts();
        var (port, gatewayPort) = ports.AllocateConsecutivePortPairs(1);
        var options = new Silo.SiloOptions { Port = port, GatewayPort = gatewayPort };
        _host = Host.CreateDefaultBuilder()
            .ConfigureLogging(static logging => logging.ClearProviders())
            .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(
                [new("Store:Directory", _directory)]))
            .UseOrleans((context, silo) =>
            {
                silo.AddEmbedded(context.Configuration, options);
                silo.Tune(options);
                World.AddTo(silo);
            }).Build();
        await _host.StartAsync();
    }

    public override async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>For the tests that may share one silo, one after the other.</summary>
[CollectionDefinition(nameof(EmbeddedGame))]
public sealed class EmbeddedGameTests : ICollectionFixture<EmbeddedGame>;
