using GameBackend.Grains.Leaderboard;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace GameBackend.Grains.Storage;

/// <summary>Chooses where data lives: in one process on disk, or in Redis.</summary>
public static class StorageHosting
{
    /// <summary>
    /// Keeps logs and leaderboards in the embedded store. It opens for the first that asks: with reminders in it, when
    /// the silo starts.
    /// </summary>
    public static IServiceCollection AddEmbeddedStorage(
        this IServiceCollection services, Action<EmbeddedStoreOptions>? configure = null)
    {
        var options = services.AddOptions<EmbeddedStoreOptions>().ValidateDataAnnotations().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        AddLogOptions(services);
        services.TryAddSingleton<EmbeddedStore>();
        services.TryAddSingleton<ILogStore, EmbeddedLogStore>();
        services.TryAddSingleton<IBoardStore, EmbeddedBoardStore>();
        return services;
    }

    /// <summary>
    /// Keeps logs and leaderboards in Redis, over the <see cref="StackExchange.Redis.IConnectionMultiplexer"/> that the
    /// host has registered.
    /// </summary>
    public static IServiceCollection AddRedisLogStore(this IServiceCollection services)
    {
        AddLogOptions(services);
        services.TryAddSingleton<ILogStore, RedisLogStore>();
        services.TryAddSingleton<IBoardStore, RedisBoardStore>();
        return services;
    }

    /// <summary>Keeps grain state in the embedded store, under a provider's name.</summary>
    public static ISiloBuilder AddEmbeddedGrainStorage(this ISiloBuilder builder, string name)
    {
        builder.UseProtobufState();
        builder.Services.AddEmbeddedStorage();
        builder.Services.AddGrainStorage(name, static (services, _) => new EmbeddedGrainStorage(
            services.GetRequiredService<EmbeddedStore>(),
            services.GetRequiredService<ProtobufGrainStorageSerializer>(),
            services.GetRequiredService<IActivatorProvider>()));
        return builder;
    }

    /// <summary>Keeps reminders in the embedded store.</summary>
    public static ISiloBuilder UseEmbeddedReminders(this ISiloBuilder builder)
    {
        builder.AddReminders();
        builder.Services.AddEmbeddedStorage();
        builder.Services.TryAddSingleton<IReminderTable, EmbeddedReminderTable>();
        return builder;
    }

    /// <summary>
    /// Stores grain state as bytes, protobuf messages as themselves, in every storage provider that does not say
    /// otherwise; and lets a grain whose state is a protobuf message move between silos.
    /// </summary>
    public static ISiloBuilder UseProtobufState(this ISiloBuilder builder)
    {
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(ProtobufGrainStorageSerializer)))
            return builder;
        services.AddSingleton<ProtobufGrainStorageSerializer>();
        services.AddSingleton<IGrainStorageSerializer>(
            static all => all.GetRequiredService<ProtobufGrainStorageSerializer>());
        services.AddSingleton<ProtobufMessageCodec>();
        services.AddSingleton<IGeneralizedCodec>(static all => all.GetRequiredService<ProtobufMessageCodec>());
        services.AddSingleton<IGeneralizedCopier>(static all => all.GetRequiredService<ProtobufMessageCodec>());
        services.AddSingleton<ITypeFilter>(static all => all.GetRequiredService<ProtobufMessageCodec>());
        return builder;
    }

    private static void AddLogOptions(IServiceCollection services) =>
        services.AddOptions<LogStoreOptions>().BindConfiguration(LogStoreOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
}
