using GameBackend.Accounts.Testing;
using GameBackend.Grains.Battle;
using GameBackend.Grains.Chat;
using GameBackend.Grains.Guild;
using GameBackend.Grains.Mailbox;
using GameBackend.Grains.Match;
using GameBackend.Grains.Player;
using GameBackend.Grains.Storage;
using GameBackend.Grains.Values;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace GameBackend.Grains.Tests;

/// <summary>What a test controls in all silos of its game: the clock, the faults, the options.</summary>
public sealed class GameWorld
{
    public TestClock Clock { get; } = new();

    public Faults Faults { get; } = new();

    public Action<PlayerOptions> PlayerOptions { get; init; } = _ => { };

    public Action<MailboxOptions> MailboxOptions { get; init; } = _ => { };

    public Action<BattleOptions> BattleOptions { get; init; } = _ => { };

    /// <summary>Adds to a silo what its host adds around the storage, which must have been added before.</summary>
    public void AddTo(ISiloBuilder silo)
    {
        var services = silo.Services;
        // The product's grains see the test's clock; Orleans keeps its own.
        services.AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(TestCatalogue.Value);
        services.AddAccountGrains(new ConfigurationManager());
        services.AddChat();
        services.AddBattles();
        services.Configure<BattleOptions>(options =>
        {
            options.WatchDelay = TimeSpan.FromSeconds(1);
            options.AttendWithin = MachineTime.Stretch(TimeSpan.FromSeconds(2));
            options.SaveLogEvery = options.SettleEvery = TimeSpan.FromMilliseconds(100);
            BattleOptions(options);
        });
        services.AddMatch();
        services.Configure<MatchOptions>(options =>
        {
            options.RoundEvery = options.TellEvery = TimeSpan.FromMilliseconds(50);
            options.KeepEvery = TimeSpan.FromMilliseconds(200);
        });
        services.Configure<PlayerOptions>(options =>
        {
            options.WatchEvery = TimeSpan.FromMilliseconds(50);
            PlayerOptions(options);
        });
        services.AddMailboxes();
        services.Configure(MailboxOptions);
        services.Configure<ValueOptions>(options => options.RetryEvery = TimeSpan.FromMilliseconds(100));
        services.Configure<GuildOptions>(options =>
        {
            options.TendEvery = TimeSpan.FromMilliseconds(200);
            options.RetryAfter = TimeSpan.FromMilliseconds(50);
            options.WakeEvery = TimeSpan.FromSeconds(1);
            options.IndexSavedWithin = TimeSpan.FromMilliseconds(20);
        });
        services.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));
        BreakOnDemand(services);
    }

    private void BreakOnDemand(IServiceCollection services)
    {
        const string provider = "Default";
        var storage = services.Single(service =>
            service.ServiceType == typeof(IGrainStorage) && provider.Equals(service.ServiceKey));
        services.Remove(storage);
        services.AddKeyedSingleton<IGrainStorage>(provider, (silo, key) =>
            new FaultyGrainStorage((IGrainStorage)storage.KeyedImplementationFactory!(silo, key), Faults));

        var logs = services.Single(service => service.ServiceType == typeof(ILogStore));
        services.Remove(logs);
        services.AddSingleton<ILogStore>(silo => new FaultyLogStore(
            (ILogStore)ActivatorUtilities.CreateInstance(silo, logs.ImplementationType!), Faults));
    }
}
