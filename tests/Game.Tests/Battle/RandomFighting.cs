namespace GameBackend.Game.Tests;

/// <summary>Players who press keys at random, honest and not, come and go, and vote.</summary>
internal sealed class RandomFighting(BattleRoom room, int seed, int players)
{
    private readonly Random _random = new(seed);
    private readonly uint[] _numbers = new uint[players];

    public int Refused { get; private set; }

    /// <summary>Does something with every player, before a tick.</summary>
    public void Play()
    {
        for (var i = 0; i < players; i++)
        {
            if (_random.Next(3) > 0) Send(i);
            switch (_random.Next(600))
            {
                case 0:
                    room.Drop(i);
                    break;
                case < 10:
                    room.Return(i);
                    break;
                case < 15:
                    room.VoteSurrender(i, _random.Next(4) > 0);
                    break;
                case 16 when _random.Next(20) == 0:
                    room.Leave(i);
                    break;
            }
        }
    }

    private void Send(int player)
    {
        var input = new BattleInput
        {
            Number = _random.Next(30) == 0 ? (uint)_random.Next() : ++_numbers[player],
            Tick = _random.Next(4) switch
            {
                0 => 0,
                1 => (uint)Math.Max(0, room.Tick + _random.Next(-3, 30)),
                _ => (uint)room.Tick + 1,
            },
            MoveX = _random.Next(-100, 101),
            MoveY = _random.Next(-100, 101),
        };
        if (_random.Next(3) == 0)
        {
            input.Action = (BattleAction)_random.Next(0, 6);
            input.AimX = _random.Next(-8000, 8001);
            input.AimY = _random.Next(-8000, 8001);
            input.Target = (uint)_random.Next(0, 9);
        }

        if (_random.Next(30) == 0) input.MoveX = _random.Next(int.MinValue, int.MaxValue);
        if (_random.Next(30) == 0) input.AimY = _random.Next(int.MinValue, int.MaxValue);
        if (_random.Next(30) == 0) input.Action = (BattleAction)_random.Next(-5, 50);
        if (room.Submit(player, input) != InputRefusal.None) Refused++;
        else _numbers[player] = Math.Max(_numbers[player], input.Number < 1_000_000 ? input.Number : 0);
    }
}
