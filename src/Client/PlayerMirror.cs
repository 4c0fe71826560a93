using GameBackend.Protocol;

namespace GameBackend.Client;

/// <summary>
/// The player's state as the client knows it: one fetch, then every <see cref="PlayerChanged"/> folded in. When a
/// version is missing or the server has dropped pushes, it fetches anew.
/// </summary>
public sealed class PlayerMirror : IDisposable
{
    private readonly object _gate = new();
    private readonly GameClient _client;
    private readonly IDisposable[] _registrations;
    private readonly SortedDictionary<ulong, PlayerChanged> _early = [];
    private PlayerView? _view;
    private Task _refetching = Task.CompletedTask;

    public PlayerMirror(GameClient client)
    {
        _client = client;
        _registrations = [client.On<PlayerChanged>(Apply), client.On<Resync>(_ => Refetch())];
    }

    /// <summary>Raised after the view has changed.</summary>
    public event Action<PlayerView>? Changed;

    /// <summary>How often a version was missing.</summary>
    public int Holes { get; private set; }

    /// <summary>A copy of the view; null until it was fetched.</summary>
    public PlayerView? View
    {
        get
        {
            lock (_gate)
                return _view?.Clone();
        }
    }

    /// <summary>Fetches the whole state. What was pushed since is folded in.</summary>
    public async Task<PlayerView> Fetch(CancellationToken cancellation = default)
    {
        var fetched = await _client.Player.Fetch(cancellation).ConfigureAwait(false);
        PlayerView view;
        lock (_gate)
        {
            // A fetch may come in behind pushes that are newer.
            if (_view is null || _view.Version <= fetched.Version)
                _view = fetched.Clone();
            FoldEarly(_view);
            view = _view.Clone();
        }
        Changed?.Invoke(view);
        return view;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void Apply(PlayerChanged change)
    {
        PlayerView? view = null;
        var isHole = false;
        lock (_gate)
        {
            if (_view is null || change.Version > _view.Version + 1)
            {
                _early[change.Version] = change;
                isHole = _view is not null;
                Holes += isHole ? 1 : 0;
            }
            else if (change.Version == _view.Version + 1)
            {
                PlayerFold.Apply(_view, change);
                view = _view.Clone();
            }
        }
        if (isHole)
            Refetch();
        if (view is not null)
            Changed?.Invoke(view);
    }

    private void FoldEarly(PlayerView view)
    {
        foreach (var change in _early.Values)
        {
            if (change.Version == view.Version + 1)
                PlayerFold.Apply(view, change);
        }
        foreach (var version in _early.Keys.Where(version => version <= view.Version).ToArray())
            _early.Remove(version);
    }

    private void Refetch()
    {
        lock (_gate)
        {
            if (_refetching.IsCompleted)
                _refetching = Task.Run(TryFetch);
        }
    }

    private async Task TryFetch()
    {
        try
        {
            await Fetch().ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or GameErrorException or ClientClosedException)
        {
            // The next change finds the hole again.
        }
    }
}
