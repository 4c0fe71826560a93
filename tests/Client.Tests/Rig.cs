using GameBackend.Client.Accounts;

namespace GameBackend.Client.Tests;

/// <summary>A world, its gateways and a client, with times short enough for tests.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly List<FakeGateway> _gateways = [];
    private readonly List<GameClient> _clients = [];

    public FakeWorld World { get; } = new();

    public FakeGateway Gateway => _gateways[0];

    public FakeGateway Second => _gateways[1];

    public static async Task<Rig> Start(int gateways = 1)
    {
        var rig = new Rig();
        for (var i = 0; i < gateways; i++)
            rig._gateways.Add(await FakeGateway.Start(rig.World));
        return rig;
    }

    public GameClientOptions Options(PreferredTransport transport) => new()
    {
        Gateways = [.. _gateways.Select(gateway => gateway.Address(transport))],
        Transport = transport,
        FirstReconnectWithin = TimeSpan.FromMilliseconds(5),
        ReconnectDelay = TimeSpan.FromMilliseconds(10),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(50),
        AcknowledgeWithin = TimeSpan.FromMilliseconds(20),
    };

    public static AccountSession Account(string access = "token", double seconds = 900) => new(
        FakeWorld.Player, access, DateTimeOffset.UtcNow.AddSeconds(seconds), "refresh-0", []);

    /// <summary>A client that is not connected yet.</summary>
    public GameClient Client(GameClientOptions options, AccountsClient? accounts = null, AccountSession? account = null)
    {
        var client = new GameClient(accounts, account ?? Account(), options);
        _clients.Add(client);
        return client;
    }

    public async Task<GameClient> Connected(PreferredTransport transport)
    {
        var client = Client(Options(transport));
        await client.Connect();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
    }
}
