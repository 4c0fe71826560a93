using System.Collections.Concurrent;
using GameBackend.Nodes;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>A node of a cluster in the tests' own process: of a type of its own, and without grains.</summary>
internal sealed class ToolNode : IAsyncDisposable
{
    public const int Type = 9;

    private readonly IHost _host;
    private readonly ConnectionMultiplexer _redis;

    private ToolNode(IHost host, ConnectionMultiplexer redis) => (_host, _redis) = (host, redis);

    public NodeDirectory Directory => _host.Services.GetRequiredService<NodeDirectory>();

    public NodeBus Bus => _host.Services.GetRequiredService<NodeBus>();

    public NodeCalls Calls => _host.Services.GetRequiredService<NodeCalls>();

    public NodeSelf Self => _host.Services.GetRequiredService<NodeSelf>();

    public NodeAddress Address => Directory.Mine.Address;

    /// <summary>What was sent to this node.</summary>
    public ConcurrentQueue<string> Heard { get; } = [];

    /// <summary>Who has come, changed and gone.</summary>
    public ConcurrentQueue<NodeChange> Changes { get; } = [];

    public static async Task<ToolNode> Join(LocalCluster cluster, int number)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var redis = await ConnectionMultiplexer.ConnectAsync(cluster.Redis.Address);
        builder.Services.AddSingleton<IConnectionMultiplexer>(redis);
        builder.Services.AddNode(Type, "tool", _ => LocalCluster.NodePrefix, [], _ => (number, 0));
        builder.Services.Configure<NodeOptions>(options =>
        {
            options.Number = number;
            options.Version = "1.2.3";
            options.Metadata["purpose"] = "a test";
        });
        var node = new ToolNode(builder.Build(), redis);
        node.Bus.On<StringValue>((_, text) =>
        {
            node.Heard.Enqueue(text.Value);
            return Task.CompletedTask;
        });
        node.Directory.Changed += node.Changes.Enqueue;
        await node._host.StartAsync();
        return node;
    }

    /// <summary>As a process that is killed: its connection ends and nothing is said.</summary>
    public Task Kill() => _redis.CloseAsync(allowCommandsToComplete: false);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _redis.DisposeAsync();
    }
}
