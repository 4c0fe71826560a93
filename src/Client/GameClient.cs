using GameBackend.Client.Accounts;
using GameBackend.Client.Calls;
using GameBackend.Client.Sessions;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client;

/// <summary>
/// A player's connection to the game. It logs in, and from then on keeps a session over lost connections, other
/// gateways and server restarts: calls are answered once, pushes arrive once and in order.
/// </summary>
/// <remarks>
/// Calls may be made from any thread; they take effect in the order in which they were made. Pushes and events are
/// raised one after the other on a thread of the client's: handlers must be quick and must not wait for a call.
/// A call throws <see cref="GameErrorException"/> on a refusal, <see cref="TimeoutException"/> if it was not done in
/// time, <see cref="OutcomeUnknownException"/> if it cannot be told whether it was done, and
/// <see cref="ClientClosedException"/> after the end.
/// </remarks>
public sealed class GameClient : IAsyncDisposable, IReconnectorEvents
{
    private readonly GameClientOptions _options;
    private readonly PushHandlers _pushes;
    private readonly ClientSession _session;
    private readonly AccountTokens _tokens;
    private readonly Reconnector _reconnector;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<bool> _firstOnline = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private Task? _running;
    private CloseReason _reasonToStop = CloseReason.Disposed;
    private ClientState _state = ClientState.Connecting;

    /// <param name="accounts">Where tokens are refreshed. Stays the caller's. Null if the app does that.</param>
    /// <param name="account">What the log-in at the accounts' side has given.</param>
    public GameClient(AccountsClient? accounts, AccountSession account, GameClientOptions? options = null)
    {
        _options = options ?? new GameClientOptions();
        _pushes = new PushHandlers(push => Pushed?.Invoke(push), e => HandlerFailed?.Invoke(e));
        _session = new ClientSession(_options, Statistics, _pushes);
        _tokens = new AccountTokens(accounts, account, _options.Reauthenticate);
        _reconnector = new Reconnector(_options, Statistics, _session, _tokens, this);
        System = new SystemCalls(this);
        Mailbox = new MailboxCalls(this);
        Player = new PlayerCalls(this);
        Bag = new BagCalls(this);
        Pets = new PetCalls(this);
        Equipment = new EquipmentCalls(this);
        Guilds = new GuildCalls(this);
        Team = new TeamCalls(this);
        Chat = new ChatCalls(this);
        Friends = new FriendCalls(this);
        Letters = new LetterCalls(this);
        Trades = new TradeCalls(this);
        Battles = new BattleCalls(this);
        Match = new MatchCalls(this);
        Leaderboards = new LeaderboardCalls(this);
    }

    /// <summary>Every push, before the handlers of its type.</summary>
    public event Action<Push>? Pushed;

    public event Action<ClientState>? StateChanged;

    /// <summary>The session is over, and a new one is being opened. Fetch whatever is kept of the state.</summary>
    public event Action? SessionLost;

    /// <summary>The client has ended for good, other than by the app's will.</summary>
    public event Action<ClientClosedException>? Closed;

    /// <summary>A handler of the app has thrown.</summary>
    public event Action<Exception>? HandlerFailed;

    public SystemCalls System { get; }

    public MailboxCalls Mailbox { get; }

    public PlayerCalls Player { get; }

    public BagCalls Bag { get; }

    public PetCalls Pets { get; }

    public EquipmentCalls Equipment { get; }

    public GuildCalls Guilds { get; }

    public TeamCalls Team { get; }

    public ChatCalls Chat { get; }

    public FriendCalls Friends { get; }

    public LetterCalls Letters { get; }

    public TradeCalls Trades { get; }

    public BattleCalls Battles { get; }

    public MatchCalls Match { get; }

    public LeaderboardCalls Leaderboards { get; }

    public ClientState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    public ulong PlayerId => _session.PlayerId;

    /// <summary>Whether the player has been created, as of the log-in or <see cref="PlayerCalls.Create"/>.</summary>
    public bool PlayerExists => _session.PlayerExists;

    /// <summary>The number of the current connection among all of this player's.</summary>
    public ulong Epoch => _session.Epoch;

    /// <summary>The last mailbox sequence that was handled. See <see cref="GameClientOptions.LastSeq"/>.</summary>
    public ulong LastSeq => _session.LastSeq;

    /// <summary>What the server enforces, and the client follows by itself.</summary>
    public Limits Limits => _session.Limits;

    /// <summary>The name of the gateway of the current or last connection.</summary>
    public string Gateway => _session.Gateway;

    /// <summary>The account's tokens now. They change when they are refreshed.</summary>
    public AccountSession Account => _tokens.Current;

    public ClientStatistics Statistics { get; } = new();

    /// <summary>Logs in. Add handlers before, since missed pushes come right after.</summary>
    /// <exception cref="ClientClosedException">The log-in was refused for good.</exception>
    /// <exception cref="TimeoutException">No gateway has taken the log-in in time.</exception>
    public async Task Connect(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            if (_running is not null)
                throw new InvalidOperationException("The client is connected already.");
            _running = Task.Run(Run, CancellationToken.None);
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_options.LoginTimeout);
        using var end = patience.Token.Register(() => _firstOnline.TrySetCanceled());
        try
        {
            await _firstOnline.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw new TimeoutException("No gateway has taken the log-in in time.", _reconnector.LastFailure);
        }
    }

    /// <summary>Calls any request of the contract.</summary>
    public async Task<TReply> Call<TRequest, TReply>(TRequest request, CancellationToken cancellation = default)
        where TRequest : IMessage<TRequest>
        where TReply : IMessage<TReply>, new()
    {
        var op = Opcodes.Of<TRequest>();
        var reply = new TReply();
        if (op.Reply != reply.Descriptor)
            throw new ArgumentException($"{op.Name} is answered by {op.Reply.Name}, not {reply.Descriptor.Name}.");
        var pending = Pending(op.Op, op.Name, op.Effect, request.ToByteString());
        reply.MergeFrom(await _session.Call(pending, _options.CallTimeout, cancellation).ConfigureAwait(false));
        if (op.Op == Opcodes.Of<CreatePlayerRequest>().Op)
            _session.PlayerExists = true;
        return reply;
    }

    /// <summary>
    /// Sends bytes under an opcode that this version need not know, and returns the bytes of the reply.
    /// </summary>
    public Task<ByteString> CallRaw(
        uint op, ByteString body, Effect effect, CancellationToken cancellation = default) =>
        _session.Call(Pending(op, $"Opcode {op}", effect, body), _options.CallTimeout, cancellation);

    /// <summary>
    /// Sends a request as a notification: at once or, without a connection, never. It has no answer, and is not paced
    /// by the client, so it is for what has a rate of its own, such as <see cref="BattleInput"/>.
    /// </summary>
    /// <returns>False if there is no connection now.</returns>
    public bool Notify<TRequest>(TRequest request) where TRequest : IMessage<TRequest> =>
        _session.Notify(Opcodes.Of<TRequest>().Op, request.ToByteString());

    /// <summary>Calls <paramref name="handler"/> for each push of a type, until the result is disposed.</summary>
    public IDisposable On<TPush>(Action<TPush> handler) where TPush : IMessage<TPush> => _pushes.On(handler);

    /// <summary>Ends the session at once, after the calls made so far, and closes the client.</summary>
    public async Task Leave(CancellationToken cancellation = default)
    {
        try
        {
            var op = Opcodes.Of<LeaveRequest>();
            var leave = new PendingRequest(op.Op, op.Name, op.Effect, ByteString.Empty) { IsLeave = true };
            await _session.Call(leave, _options.ConnectTimeout, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or GameErrorException or ClientClosedException)
        {
            // The session then ends by itself when its resume window closes.
        }
        await Stop(CloseReason.Left).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes the connection. The session stays until its resume window closes, unless the app has left.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await Stop(CloseReason.Disposed).ConfigureAwait(false);
        _session.Dispose();
    }

    void IReconnectorEvents.Online()
    {
        SetState(ClientState.Online);
        _firstOnline.TrySetResult(true);
    }

    void IReconnectorEvents.Offline() => SetState(ClientState.Resuming);

    void IReconnectorEvents.SessionLost()
    {
        if (!_session.Lose("its session was lost"))
            return;
        SetState(ClientState.Connecting);
        Raise(() => SessionLost?.Invoke());
    }

    private PendingRequest Pending(uint op, string name, Effect effect, ByteString body) =>
        new(op, name, effect, body)
        {
            TraceParent = _options.TraceParent?.Invoke() is { Length: 55 } trace
            ? trace : ""
        };

    private async Task Run()
    {
        ClientClosedException end;
        var byItself = false;
        try
        {
            var ending = await _reconnector.Run(_stop.Token).ConfigureAwait(false);
            end = new ClientClosedException(ending.Reason, ending.Detail);
            byItself = ending.Reason != CloseReason.Left;
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // Whatever the stop has broken off, a connection that was being made among it.
            end = new ClientClosedException(_reasonToStop, "");
        }
        _session.Close(end);
        SetState(ClientState.Closed);
        _firstOnline.TrySetException(end);
        _ = _firstOnline.Task.Exception;
        if (byItself)
            Raise(() => Closed?.Invoke(end));
    }

    private async Task Stop(CloseReason reason)
    {
        Task? running;
        lock (_gate)
        {
            running = _running;
            if (!_stop.IsCancellationRequested)
                _reasonToStop = reason;
        }
        _stop.Cancel();
        if (running is not null)
            await running.ConfigureAwait(false);
        else
            _session.Close(new ClientClosedException(reason, ""));
    }

    private void SetState(ClientState state)
    {
        lock (_gate)
        {
            if (_state == state)
                return;
            _state = state;
        }
        Raise(() => StateChanged?.Invoke(state));
    }

    private void Raise(Action handlers)
    {
        try
        {
            handlers();
        }
        catch (Exception e)
        {
            HandlerFailed?.Invoke(e);
        }
    }
}
