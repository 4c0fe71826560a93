using GameBackend.Client.Accounts;

namespace GameBackend.Bots.Fuzz;

/// <summary>What attackers share: where the gateway is, who they are, and how many frames are left.</summary>
internal sealed class FuzzPlan(Bot[] attackers, IReadOnlyList<ulong> players, GatewayEndpoints gateway, int frames)
{
    private readonly (string Token, long At)[] _tokens = new (string, long)[attackers.Length];
    private int _left = frames;

    public IReadOnlyList<ulong> Players => players;

    public Uri Tcp { get; } = new($"tcp://{gateway.Tcp}");

    public Uri WebSocket { get; } = new(gateway.WebSocket);

    public Uri Kcp { get; } = new($"kcp://{gateway.Kcp}");

    public int FramesLeft => Volatile.Read(ref _left);

    public bool Take() => Interlocked.Decrement(ref _left) >= 0;

    /// <summary>An access token that is good for some minutes.</summary>
    public async Task<string> TokenOf(int index)
    {
        var (token, at) = _tokens[index];
        if (token is not null && Environment.TickCount64 - at < TimeSpan.FromMinutes(10).TotalMilliseconds)
            return token;
        var account = await attackers[index].WithAccounts(accounts => accounts.LoginDevice(attackers[index].Device));
        _tokens[index] = (account.AccessToken, Environment.TickCount64);
        return account.AccessToken;
    }
}
