using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using GameBackend.Bots.Flaky;
using GameBackend.Client;
using GameBackend.Client.Accounts;
using GameBackend.Protocol;

namespace GameBackend.Bots;

/// <summary>One player: its account, its client, and what the client has told it.</summary>
internal sealed class Bot : IAsyncDisposable
{
    private readonly AccountsClient _accounts;
    private readonly ConcurrentQueue<ClientStatistics> _statistics = [];
    private readonly FlakyTransports? _flaky;
    private AccountSession? _account;
    private ulong _lastSeq;
    private GameClient? _client;

    public Bot(BotRun run, int index, string? device = null, string? name = null)
    {
        Run = run;
        Index = index;
        Random = new Random(HashCode.Combine(run.Arguments.Seed, index));
        Device = device ?? $"bots-{run.Nonce}-{run.Arguments.Seed}-{index:d6}";
        Name = name ?? string.Create(CultureInfo.InvariantCulture, $"b{run.Nonce}_{index}");
        _accounts = new AccountsClient(run.Arguments.AccountsFor(index));
        if (run.Arguments.Scenario is "flaky" or "market")
            _flaky = new FlakyTransports(Random.Next(), () => run.MakesLoad, CutPlan.Draw);
        else if (run.Arguments.Scenario is "arena" && run.Arguments.Cuts)
            _flaky = new FlakyTransports(Random.Next(), () => run.MakesLoad, CutPlan.DrawInBattle);
    }

    public BotRun Run { get; }

    public RunReport Report => Run.Report;

    public int Index { get; }

    public Random Random { get; }

    public string Device { get; }

    public string Name { get; }

    public AccountsClient Accounts => _accounts;

    public GameClient Client => _client ?? throw new InvalidOperationException("The bot is not logged in.");

    public AccountSession Account => _client?.Account ?? _account!;

    public ulong PlayerId => _account?.PlayerId ?? 0;

    /// <summary>What each of the bot's clients has counted.</summary>
    public IReadOnlyCollection<ClientStatistics> Statistics => _statistics;

    public bool IsOnline => _client is { State: ClientState.Online };

    /// <summary>Since when the bot was online without a break, by the stopwatch; the future if it is not.</summary>
    public long OnlineSince { get; private set; } = long.MaxValue;

    /// <summary>Called for each push with a place in the mailbox, before <see cref="Do"/> returns.</summary>
    public Action<Push> OnPush { get; set; } = _ => { };

    /// <summary>Lets a client be prepared before it connects.</summary>
    public Action<GameClient> OnClient { get; set; } = _ => { };

    /// <summary>Opens the account, if it is not open, and a new session.</summary>
    public async Task LogIn()
    {
        _account ??= await WithAccounts(accounts => accounts.LoginDevice(Device));
        _account = Prefer(_account);
        _client = new GameClient(_accounts, _account, Options());
        _client.Pushed += Receive;
        _client.StateChanged += state =>
            OnlineSince = state == ClientState.Online ? Stopwatch.GetTimestamp() : long.MaxValue;
        _client.HandlerFailed += e => Report.Fail($"{Name}: a push handler failed: {e}");
        _statistics.Enqueue(_client.Statistics);
        OnClient(_client);
        await _client.Connect();
    }

    /// <summary>Creates the player, once.</summary>
    public async Task CreatePlayer()
    {
        if (!Client.PlayerExists)
            await Do("create", client => client.Player.Create(Name));
    }

    /// <summary>Ends the client, with or without leaving the session.</summary>
    public async Task LogOff(bool leave)
    {
        if (_client is null)
            return;
        _account = _client.Account;
        if (leave)
            await _client.Leave();
        await _client.DisposeAsync();
        _lastSeq = _client.LastSeq;
        OnlineSince = long.MaxValue;
        _client = null;
    }

    /// <summary>
    /// Makes a call and counts it. Returns the refusal, OK, or null if there was no answer.
    /// </summary>
    /// <param name="mayRefuse">Refusals that are part of the game; any other is a failure of the run.</param>
    public async Task<GameError?> Do(string what, Func<GameClient, Task> call, params GameError[] mayRefuse)
    {
        var (begin, beganAt) = (Stopwatch.GetTimestamp(), MachineTime.Now);
        Report.CountRequest();
        try
        {
            await call(Client);
            Report.Requests.AddSince(begin);
            if (MachineTime.Now - beganAt > BotRun.Patience)
                Report.Unanswered($"{Name}: {what} was answered after {MachineTime.Now - beganAt} of the machine.");
            return GameError.Ok;
        }
        catch (GameErrorException e)
        {
            Report.Requests.AddSince(begin);
            Report.CountError(e.Error);
            if (!mayRefuse.Contains(e.Error))
                Report.Fail($"{Name}: {what} was refused: {e.Message}");
            return e.Error;
        }
        catch (Exception e) when (e is OutcomeUnknownException or TimeoutException or ClientClosedException)
        {
            Report.Unanswered($"{Name}: {what} was not answered: {e.Message}");
            return null;
        }
    }

    /// <summary>As <see cref="Do"/>, for a call whose reply matters. Null if there was none.</summary>
    public async Task<T?> Get<T>(string what, Func<GameClient, Task<T>> call) where T : class
    {
        T? reply = null;
        await Do(what, async client => reply = await call(client));
        return reply;
    }

    /// <summary>Calls the accounts' side, again and again while no gateway is there.</summary>
    public async Task<T> WithAccounts<T>(Func<AccountsClient, Task<T>> call)
    {
        var begin = MachineTime.Now;
        while (true)
        {
            try
            {
                return await call(_accounts);
            }
            catch (Exception e) when (MachineTime.Now - begin < BotRun.Patience
                && e is HttpRequestException or OperationCanceledException or AccountException { IsTransient: true })
            {
                var after = (e as AccountException)?.RetryAfter ?? TimeSpan.FromMilliseconds(200);
                await Task.Delay(after + TimeSpan.FromMilliseconds(Random.Shared.Next(300)));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
            await _client.DisposeAsync();
        _flaky?.Dispose();
        _accounts.Dispose();
    }

    private GameClientOptions Options()
    {
        var options = new GameClientOptions
        {
            Gateways = Run.Arguments.GatewaysFor(Index),
            Transport = Run.Arguments.TransportFor(Index),
            ClientVersion = "bots",
            LastSeq = _lastSeq,
            CallTimeout = MachineTime.OnTheClock(BotRun.Patience),
            LoginTimeout = MachineTime.OnTheClock(BotRun.Patience),
            Reauthenticate = cancellation => _accounts.LoginDevice(Device, cancellation),
        };
        return _flaky is null ? options : options with { TransportFactory = _flaky.Connect };
    }

    // The log-in names all gateways; the bot starts at its own, which it knows by its HTTP port.
    private AccountSession Prefer(AccountSession account)
    {
        var mine = Run.Arguments.AccountsFor(Index)[0];
        var first = account.Gateways.Where(g => Uri.TryCreate(g.WebSocket, UriKind.Absolute, out var ws)
            && ws.Port == mine.Port && (ws.Host == mine.Host || (ws.IsLoopback && mine.IsLoopback))).ToArray();
        return account with { Gateways = [.. first, .. account.Gateways.Except(first)] };
    }

    // The client promises each place in the mailbox once and in order; the bot checks the promise.
    private void Receive(Push push)
    {
        if (push.Message is Resync resync)
            Report.Lost($"{Name}: {resync.Dropped} pushes were dropped.", (long)Math.Max(1, resync.Dropped));
        if (push.Seq == 0)
            return;
        if (_lastSeq != 0 && push.Seq <= _lastSeq)
            Report.Duplicated($"{Name}: push {push.Seq} came after {_lastSeq}.");
        else if (_lastSeq != 0 && push.Seq != _lastSeq + 1)
            Report.Lost($"{Name}: push {push.Seq} came after {_lastSeq}.", (long)(push.Seq - _lastSeq - 1));
        _lastSeq = push.Seq;
        OnPush(push);
    }
}
