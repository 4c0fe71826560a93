using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GameBackend.Gateway.Hosting;

/// <summary>The Redis of a cluster (configuration section <c>Redis</c>). The same on all its processes.</summary>
public sealed class RedisOptions
{
    public const string Section = "Redis";

    /// <summary>The Redis of the cluster; without it, a silo is a whole backend in one process.</summary>
    public string? ConnectionString { get; set; }
}

/// <summary>What tells clusters apart (configuration section <c>Cluster</c>). The same on all processes of one.</summary>
public sealed class ClusterIdOptions
{
    public const string Section = "Cluster";

    /// <summary>Keys the data of the cluster.</summary>
    public string ServiceId { get; set; } = "gamebackend";

    /// <summary>Names the cluster: processes with the same are in it.</summary>
    public string ClusterId { get; set; } = "gamebackend";
}

/// <summary>What a process of a cluster needs to find the others. The same on silos and gateways.</summary>
public static class ClusterSettings
{
    private static readonly TimeSpan RedisTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(8);

    /// <summary>The Redis connection string (<c>Redis:ConnectionString</c>); null without a cluster.</summary>
    public static string? RedisConnection(this IConfiguration configuration) =>
        configuration["Redis:ConnectionString"] is { Length: > 0 } connection ? connection : null;

    /// <summary>
    /// The number of this process among those of its kind on one machine, from 1 (<c>--instance N</c>).
    /// </summary>
    /// <exception cref="StartupException">It is no such number.</exception>
    public static int Instance(this IConfiguration configuration)
    {
        var text = configuration["instance"] ?? "1";
        return int.TryParse(text, out var instance) && instance is >= 1 and <= Instances.Last
            ? instance
            : throw new StartupException($"--instance takes a number from 1 to {Instances.Last}, not '{text}'.");
    }

    /// <summary>Names the cluster (<c>Cluster:ServiceId</c>, which keys data, and <c>Cluster:ClusterId</c>).</summary>
    public static void ApplyIds(this ClusterOptions cluster, IConfiguration configuration)
    {
        var ids = configuration.GetSection(ClusterIdOptions.Section).Get<ClusterIdOptions>() ?? new ClusterIdOptions();
        (cluster.ServiceId, cluster.ClusterId) = (ids.ServiceId, ids.ClusterId);
    }

    /// <summary>With what the nodes' keys of this cluster begin.</summary>
    public static string NodePrefix(this IConfiguration configuration)
    {
        var cluster = new ClusterOptions();
        cluster.ApplyIds(configuration);
        return $"{cluster.ServiceId}:{cluster.ClusterId}";
    }

    /// <summary>Waits for Redis for a while and shares one connection in the process.</summary>
    /// <exception cref="StartupException">The connection string does not parse, or nobody answers there.</exception>
    public static IConnectionMultiplexer ConnectRedis(string connectionString)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new StartupException($"Redis:ConnectionString is not a connection string: {e.Message}");
        }

        options.AbortOnConnectFail = false;
        options.ConnectTimeout = options.SyncTimeout = options.AsyncTimeout = (int)RedisTimeout.TotalMilliseconds;
        options.ReconnectRetryPolicy = new LinearRetry(200);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        var redis = ConnectionMultiplexer.Connect(options);
        // One that is just starting answers in a moment; the connection is tried again all the while.
        using var connected = new ManualResetEventSlim(redis.IsConnected);
        redis.ConnectionRestored += (_, _) => connected.Set();
        return redis.IsConnected || connected.Wait(StartTimeout)
            ? redis
            : throw new StartupException(
                $"Redis does not answer at {string.Join(", ", redis.GetEndPoints().Select(e => e.ToString()))}.");
    }

    /// <summary>Reads options of a section and refuses to start with bad ones.</summary>
    public static OptionsBuilder<TOptions> AddChecked<TOptions>(this IServiceCollection services, string section)
        where TOptions : class =>
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
}
