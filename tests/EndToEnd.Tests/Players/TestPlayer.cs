using System.Collections.Concurrent;
using System.Diagnostics;
using GameBackend.Client;
using GameBackend.Client.Accounts;
using GameBackend.Client.Transports;
using GameBackend.EndToEnd.Tests.Processes;
using GameBackend.Protocol;

namespace GameBackend.EndToEnd.Tests.Players;

/// <summary>A player with a device account and a client that starts at a gateway of its choice.</summary>
internal sealed class TestPlayer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly AccountsClient _accounts;
    private readonly string _device = $"e2e-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<Push> _pushes = [];
    private readonly ConcurrentQueue<ClientClosedException> _closings = [];
    private readonly TransportFactory _transports;
    private GameClient? _client;

    private TestPlayer(TransportFactory transports, AccountsClient accounts) =>
        (_transports, _accounts) = (transports, accounts);

    public GameClient Client => _client ?? throw new InvalidOperationException("Not logged in.");

    public ulong PlayerId => Client.PlayerId;

    /// <summary>Every push that the clients have handed over, in order.</summary>
    public Push[] Pushes => [.. _pushes];

    public IEnumerable<Note> Notes => Pushes.Select(push => push.Message).OfType<Note>();

    /// <summary>Whether the client has ended for good, and why.</summary>
    public IReadOnlyCollection<ClientClosedException> Closings => _closings;

    /// <summary>Registers, logs in at the first gateway, and creates the player.</summary>
    public static async Task<TestPlayer> Join(params Node[] gateways) => await Join(null, gateways);

    public static async Task<TestPlayer> Join(TransportFactory? transports, params Node[] gateways)
    {
        var accounts = new AccountsClient([.. gateways.Select(gateway => gateway.Accounts)]);
        return await Join(transports ?? GatewayTransports.Default(), accounts, gateways[0].Tcp);
    }

    /// <summary>As <see cref="Join(Node[])"/>, at an address that need not be a gateway's own.</summary>
    public static async Task<TestPlayer> Join(TransportFactory transports, AccountsClient accounts, Uri gateway)
    {
        var player = new TestPlayer(transports, accounts);
        await player.LogIn(gateway);
        await player.Client.Player.Create($"e{Guid.NewGuid():N}"[..16]);
        return player;
    }

    public static Task<TestPlayer[]> JoinAll(int count, params Node[] gateways) =>
        Task.WhenAll(Enumerable.Range(0, count)
            .Select(i => Join([.. gateways.Skip(i % gateways.Length), .. gateways.Take(i % gateways.Length)])));

    /// <summary>Opens a new session at a gateway. An earlier client of this player is left as it is.</summary>
    public Task LogIn(Node gateway) => LogIn(gateway.Tcp);

    private async Task LogIn(Uri gateway)
    {
        var account = await WithPatience(() => _accounts.LoginDevice(_device));
        var client = new GameClient(_accounts, account, new GameClientOptions
        {
            Gateways = [gateway],
            Transport = gateway.Scheme switch
            {
                "ws" or "wss" => PreferredTransport.WebSocket,
                "kcp" => PreferredTransport.Kcp,
                _ => PreferredTransport.Tcp,
            },
            TraceParent = () => Activity.Current?.Id,
            TransportFactory = _transports,
            CallTimeout = MachineTime.OnTheClock(Patience),
            LoginTimeout = MachineTime.OnTheClock(Patience),
            Reauthenticate = cancellation => _accounts.LoginDevice(_device, cancellation),
        });
        client.Pushed += _pushes.Enqueue;
        client.Closed += _closings.Enqueue;
        await client.Connect();
        _client = client;
    }

    /// <summary>Logs the account in, and not the player.</summary>
    public Task<AccountSession> Account() => WithPatience(() => _accounts.LoginDevice(_device));

    /// <summary>A token to log in with by other means.</summary>
    public async Task<string> Token() => (await Account()).AccessToken;

    /// <summary>The whole ledger, the oldest entry first.</summary>
    public async Task<List<LedgerEntry>> Ledger()
    {
        var entries = new List<LedgerEntry>();
        var before = 0UL;
        do
        {
            var page = await Client.Player.ReadLedger(before, 100);
            entries.AddRange(page.Entries);
            before = page.NextBeforeSeq;
        }
        while (before != 0);
        entries.Reverse();
        return entries;
    }

    /// <summary>As an app would: another try when the answer is that it cannot be done now.</summary>
    private static async Task<AccountSession> WithPatience(Func<Task<AccountSession>> call)
    {
        AccountSession? session = null;
        await Wait.Until("the accounts answer", async () =>
        {
            try
            {
                session = await call();
                return true;
            }
            catch (AccountException e) when (e.IsTransient)
            {
                return false;
            }
        }, Patience);
        return session!;
    }

    /// <summary>Gives the client up without leaving the session.</summary>
    public async Task DisposeClient()
    {
        if (_client is not null)
            await _client.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeClient();
        _accounts.Dispose();
    }
}
