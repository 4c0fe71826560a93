using GameBackend.Client.Accounts;
using GameBackend.Protocol;

namespace GameBackend.Client.Sessions;

/// <summary>Keeps a session connected: connects, shakes hands, watches, and does it again until told to stop.</summary>
internal sealed class Reconnector(
    GameClientOptions options,
    ClientStatistics statistics,
    ClientSession session,
    AccountTokens tokens,
    IReconnectorEvents events)
{
    // A gateway may still be working on a handshake whose connection was lost. When that takes effect late, it takes
    // the session over from the client's own newer connection, which is no reason to give up.
    private const long GhostMs = 15_000;
    private const long StableMs = 1_000;
    private const int MaxPatience = 8;

    private readonly GatewayList _gateways = new();
    private long _ghostUntilMs = long.MinValue;
    private int _renewals;

    // How many times as long as the first the next try may take.
    private int _patience = 1;
    private bool _wasOnline;

    /// <summary>Why the last try came to nothing, for a person.</summary>
    public Exception? LastFailure { get; private set; }

    /// <summary>Runs until the client is closed for good, and returns why.</summary>
    public async Task<Ending> Run(CancellationToken cancellation)
    {
        AddGateways(options.Gateways);
        var failures = 0;
        while (true)
        {
            AddGateways(Addresses(tokens.Current.Gateways));
            Ending ending;
            var onlineMs = 0L;
            try
            {
                (ending, onlineMs) = await ConnectOnce(_gateways.Next(MonotonicClock.NowMs), cancellation)
                    .ConfigureAwait(false);
                if (ending.Next == NextStep.RenewTokens)
                    ending = await RenewTokens(ending, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LastFailure = e;
                ending = new Ending(NextStep.Again);
            }
            if (ending.Next == NextStep.Close)
                return ending;
            if (ending.Next == NextStep.LogInAgain)
                events.SessionLost();
            if (ending.Detail.Length > 0)
                LastFailure = new IOException(ending.Detail);
            failures = onlineMs >= StableMs ? 0 : failures + 1;
            await Task.Delay(NextDelay(failures), cancellation).ConfigureAwait(false);
        }
    }

    private TimeSpan NextDelay(int failures) => failures <= 1
        ? Backoff.Within(options.FirstReconnectWithin)
        : Backoff.Delay(failures - 2, options.ReconnectDelay, options.MaxReconnectDelay);

    private async Task<(Ending Ending, long OnlineMs)> ConnectOnce(Uri gateway, CancellationToken cancellation)
    {
        await tokens.KeepFresh(cancellation).ConfigureAwait(false);
        if (await Open(gateway, cancellation).ConfigureAwait(false) is not { } connection)
        {
            _gateways.MoveOn(gateway);
            return (new Ending(NextStep.Again), 0);
        }
        await using (connection.ConfigureAwait(false))
        {
            using var stop = cancellation.Register(() => connection.Abort(new OperationCanceledException()));
            var handshake = await ShakeHands(connection, cancellation).ConfigureAwait(false);
            if (handshake.Welcome is not { } welcome)
                return (Follow(gateway, connection, Ending.Of(handshake.Error)), 0);
            var since = MonotonicClock.NowMs;
            await BeOnline(connection, welcome, cancellation).ConfigureAwait(false);
            LastFailure = connection.Failure;
            var ending = Follow(gateway, connection, Ending.Of(connection.Goodbye));
            // A client that ends has nothing to resume.
            if (ending.Next != NextStep.Close && !session.IsLeaving && !cancellation.IsCancellationRequested)
                events.Offline();
            return (ending, MonotonicClock.NowMs - since);
        }
    }

    private async Task<Connection?> Open(Uri gateway, CancellationToken cancellation)
    {
        statistics.CountConnect();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.ConnectTimeout * _patience);
        try
        {
            var transport = await options.TransportFactory(gateway, patience.Token).ConfigureAwait(false);
            return new Connection(gateway, transport, () => session.LastSeq);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LastFailure = e;
            BePatient(patience.IsCancellationRequested);
            return null;
        }
    }

    private async Task<HandshakeResult> ShakeHands(Connection connection, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.HandshakeTimeout * _patience);
        var result = await HandshakeResult.Of(connection, session, tokens.Current.AccessToken, patience.Token)
            .ConfigureAwait(false);
        if (result.Error is null or GameError.Unavailable or GameError.Internal)
            _ghostUntilMs = MonotonicClock.NowMs + GhostMs;
        BePatient(result.Error is null && patience.IsCancellationRequested);
        return result;
    }

    private void BePatient(bool wasTooSlow) => _patience = wasTooSlow ? Math.Min(2 * _patience, MaxPatience) : 1;

    private async Task BeOnline(Connection connection, Welcome welcome, CancellationToken cancellation)
    {
        _renewals = 0;
        if (!welcome.Resumed && session.HasSession)
            events.SessionLost();
        if (_wasOnline)
            statistics.CountReconnect();
        if (welcome.Resumed)
            statistics.CountResume();
        _wasOnline = true;
        session.GoOnline(connection, welcome);
        events.Online();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = Heartbeats.Keep(connection, session, tokens, end.Token);
        await connection.ReceiveAll(envelope => session.Receive(connection, envelope)).ConfigureAwait(false);
        end.Cancel();
        session.GoOffline();
        await watching.ConfigureAwait(false);
    }

    private Ending Follow(Uri gateway, Connection connection, Ending ending)
    {
        if (connection.Goodbye is { } goodbye)
            AddGateways(Addresses(goodbye.Gateways.Select(g => new GatewayEndpoints(g.Tcp, g.Websocket, g.Kcp))));
        if (ending.Next == NextStep.LogInAgain && session.IsLeaving)
            return new Ending(NextStep.Close, CloseReason.Left);
        if (ending.Reason == CloseReason.Replaced && MonotonicClock.NowMs < _ghostUntilMs)
            return new Ending(NextStep.Again);
        if (ending.Next == NextStep.Elsewhere)
            _gateways.MoveOn(gateway);
        if (ending.Next == NextStep.AvoidHere)
            _gateways.Avoid(gateway, MonotonicClock.NowMs);
        return ending;
    }

    // Fresh tokens that are refused as well will not get better.
    private async Task<Ending> RenewTokens(Ending ending, CancellationToken cancellation)
    {
        if (++_renewals > 2 || !await tokens.Renew(tokens.Current, cancellation).ConfigureAwait(false))
            return ending with { Next = NextStep.Close };
        return new Ending(NextStep.Again);
    }

    private void AddGateways(IEnumerable<Uri> gateways) => _gateways.Add(gateways);

    private IEnumerable<Uri> Addresses(IEnumerable<GatewayEndpoints> gateways) => gateways
        .Select(gateway => options.Transport switch
        {
            PreferredTransport.WebSocket => gateway.WebSocket,
            PreferredTransport.Kcp => Address("kcp", gateway.Kcp),
            _ => Address(options.TcpIsSecure ? "tls" : "tcp", gateway.Tcp),
        })
        .Where(address => address.Length > 0)
        .Select(address => new Uri(address));

    private static string Address(string scheme, string authority) =>
        authority.Length == 0 ? "" : $"{scheme}://{authority}";
}

/// <summary>What the rest of the client must know at once.</summary>
internal interface IReconnectorEvents
{
    void Online();

    void Offline();

    /// <summary>The server has ended the session. Called while offline.</summary>
    void SessionLost();
}
