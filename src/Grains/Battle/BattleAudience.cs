using GameBackend.Game;

namespace GameBackend.Grains.Battle;

/// <summary>
/// Who is told of a battle, by gateway, and which connection each player has. All of it is known by what gateways say
/// about once a second, so nothing of it has to be stored.
/// </summary>
internal sealed class BattleAudience(BattleRoom room, TimeSpan attendWithin, long nowMs, TimeSpan joinWithin)
{
    private readonly long _leaseMs = (long)attendWithin.TotalMilliseconds;
    private readonly Dictionary<string, Gateway> _gateways = [];
    private readonly Seat[] _seats = [.. Enumerable.Range(0, room.FighterCount).Select(
        _ => new Seat { GoneAtMs = nowMs + (long)joinWithin.TotalMilliseconds })];

    /// <summary>By lane. Walked each tick: as the dictionary that it is, which allocates nothing.</summary>
    public Dictionary<string, Gateway> Gateways => _gateways;

    /// <summary>Whether somebody watches anywhere.</summary>
    public bool IsWatched { get; private set; }

    /// <summary>Players who are connected now.</summary>
    public int PlayersHere { get; private set; }

    /// <summary>Whether an epoch is the player's newest, as far as it is known here.</summary>
    public bool IsCurrent(int fighter, ulong epoch) => epoch >= _seats[fighter].Epoch;

    /// <summary>The player's connection has come, or been heard of.</summary>
    /// <returns>False if there is a newer one.</returns>
    public bool Enter(int fighter, ulong epoch, long nowMs)
    {
        var seat = _seats[fighter];
        if (epoch < seat.Epoch)
            return false;
        if (epoch > seat.Epoch)
            (seat.Epoch, seat.Lane) = (epoch, "");
        seat.GoneAtMs = nowMs + _leaseMs;
        return true;
    }

    public void Attend(BattleAttendance attendance, long nowMs)
    {
        if (!_gateways.TryGetValue(attendance.Lane, out var gateway))
            _gateways[attendance.Lane] = gateway = new Gateway();
        gateway.UntilMs = nowMs + _leaseMs;
        gateway.Watched = attendance.Watched;
        foreach (var (player, epoch) in attendance.Players)
        {
            var fighter = room.FighterOf((ulong)player);
            if (fighter >= 0 && Enter(fighter, epoch, nowMs))
                _seats[fighter].Lane = attendance.Lane;
        }

        Group();
    }

    /// <summary>The connection is gone, unless a newer one is there.</summary>
    public void Gone(int fighter, ulong epoch)
    {
        var seat = _seats[fighter];
        if (epoch < seat.Epoch)
            return;
        (seat.Lane, seat.GoneAtMs) = ("", 0);
        Group();
    }

    /// <summary>Drops players whose gateway is silent, and lets those be back who are.</summary>
    public void Look(long nowMs)
    {
        foreach (var (lane, gateway) in _gateways)
        {
            if (gateway.UntilMs < nowMs)
                _gateways.Remove(lane);
        }

        for (var fighter = 0; fighter < _seats.Length; fighter++)
        {
            var gone = _seats[fighter].GoneAtMs < nowMs;
            var presence = room.PresenceOf(fighter);
            if (gone && presence == FighterPresence.Present)
                room.Drop(fighter);
            else if (!gone && _seats[fighter].Lane.Length > 0 && presence == FighterPresence.Dropped)
                room.Return(fighter);
        }

        Group();
    }

    private void Group()
    {
        IsWatched = false;
        PlayersHere = 0;
        foreach (var gateway in _gateways.Values)
        {
            gateway.Sides = 0;
            IsWatched |= gateway.Watched;
        }

        for (var fighter = 0; fighter < _seats.Length; fighter++)
        {
            if (!_gateways.TryGetValue(_seats[fighter].Lane, out var gateway))
                continue;
            gateway.Sides |= 1u << room.SideOf(fighter);
            PlayersHere++;
        }
    }

    public sealed class Gateway
    {
        public long UntilMs { get; set; }

        /// <summary>The queue that carries its lane; null until it was sent to.</summary>
        public uint? Queue { get; set; }

        public bool Watched { get; set; }

        /// <summary>A bit for each side of which somebody is there.</summary>
        public uint Sides { get; set; }
    }

    private sealed class Seat
    {
        public ulong Epoch { get; set; }

        /// <summary>Where the player is; empty if nowhere.</summary>
        public string Lane { get; set; } = "";

        public long GoneAtMs { get; set; }
    }
}
