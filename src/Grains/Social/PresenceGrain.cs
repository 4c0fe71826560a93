namespace GameBackend.Grains.Social;

/// <summary>A board of presences. Players who have gone stay on it as long as there is room.</summary>
[GrainType("presence"), Role(Roles.Player)]
public sealed class PresenceGrain : Grain, IPresenceGrain
{
    private const int OfflineKept = 20_000;

    private readonly Dictionary<long, PresenceEntry> _there = [];
    private readonly Dictionary<long, PresenceEntry> _gone = [];

    public Task Set(PresenceEntry presence)
    {
        if (presence.Status != PlayerStatus.Offline)
        {
            _gone.Remove(presence.PlayerId);
            _there[presence.PlayerId] = presence;
            return Task.CompletedTask;
        }

        _there.Remove(presence.PlayerId);
        if (_gone.Count >= OfflineKept)
            _gone.Remove(_gone.Keys.First());
        _gone[presence.PlayerId] = presence;
        return Task.CompletedTask;
    }

    public Task<PresenceEntry[]> Get(long[] players) => Task.FromResult(Array.ConvertAll(
        players,
        player => _there.GetValueOrDefault(player) ?? _gone.GetValueOrDefault(player)
            ?? new PresenceEntry(player, PlayerStatus.Offline, 0)));
}
