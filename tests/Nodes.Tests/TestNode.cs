using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace GameBackend.Nodes.Tests;

/// <summary>A node in this process, with a connection of its own.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ConnectionMultiplexer? _redis;

    private TestNode(IHost host, ConnectionMultiplexer? redis) => (_host, _redis) = (host, redis);

    public NodeDirectory Directory => _host.Services.GetRequiredService<NodeDirectory>();

    public NodeBus Bus => _host.Services.GetRequiredService<NodeBus>();

    public NodeCalls Calls => _host.Services.GetRequiredService<NodeCalls>();

    public HarborRelay Harbor => _host.Services.GetRequiredService<HarborRelay>();

    public NodeSelf Self => _host.Services.GetRequiredService<NodeSelf>();

    public NodeAddress Address => Directory.Mine.Address;

    public ConcurrentQueue<Hello> Hellos { get; } = [];

    public static async Task<TestNode> Start(
        string? redis, int type = NodeTypes.Silo, Action<NodeOptions>? configure = null, Action<TestNode>? serve = null,
        string prefix = "test", Action<IServiceCollection>? add = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var connection = redis is null ? null : await ConnectionMultiplexer.ConnectAsync(redis);
        if (connection is not null)
            builder.Services.AddSingleton<IConnectionMultiplexer>(connection);
        builder.Services.AddNode(type, $"node{type}", _ => prefix, ["player", "battle"], _ => (3, 1));
        add?.Invoke(builder.Services);
        builder.Services.Configure<NodeOptions>(options =>
        {
            options.Lease = MachineTime.Stretch(TimeSpan.FromSeconds(1));
            options.Heartbeat = TimeSpan.FromMilliseconds(200);
            options.StopWithin = TimeSpan.FromMilliseconds(500);
            configure?.Invoke(options);
        });
        var node = new TestNode(builder.Build(), connection);
        node.Bus.On<Hello>((_, hello) =>
        {
            node.Hellos.Enqueue(hello);
            return Task.CompletedTask;
        });
        serve?.Invoke(node);
        try
        {
            await node._host.StartAsync();
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }

        return node;
    }

    public Task Stop() => _host.StopAsync();

    /// <summary>As a process that is killed: its connection ends and nothing is said.</summary>
    public async Task Kill() => await _redis!.CloseAsync(allowCommandsToComplete: false);

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        if (_redis is not null)
            await _redis.DisposeAsync();
    }
}
