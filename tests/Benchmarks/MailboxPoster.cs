using GameBackend.Gateway.Hosting;
using GameBackend.Grains.Interfaces;
using GameBackend.Protocol;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GameBackend.Benchmarks;

/// <summary>
/// Posts into players' mailboxes as a client of the cluster, the way a server of the studio's own would.
/// </summary>
internal sealed class MailboxPoster(IHost host) : IDisposable
{
    private static readonly uint NoteOp = Opcodes.OfPush<Note>().Op;
    private readonly IClusterClient _cluster = host.Services.GetRequiredService<IClusterClient>();

    /// <param name="cluster">The options by which the cluster's processes find each other.</param>
    public static async Task<MailboxPoster> Connect(string[] cluster)
    {
        var builder = Host.CreateApplicationBuilder(cluster);
        builder.Logging.ClearProviders();
        var redis = ClusterSettings.ConnectRedis(builder.Configuration.RedisConnection()!);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(ids => ids.ApplyIds(builder.Configuration));
            client.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = new ConfigurationOptions();
                options.CreateMultiplexer = _ => Task.FromResult((redis, false));
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return new MailboxPoster(host);
    }

    public Task Post(ulong playerId, string text) => _cluster.GetGrain<IMailboxGrain>((long)playerId).Post(
        Guid.NewGuid().ToString("N"), NoteOp, new Note { Text = text }.ToByteArray(), PostKind.Message);

    public void Dispose() => host.Dispose();
}
