namespace GameBackend.Grains.Player;

public sealed partial class PlayerGrain
{
    public Task<string> Greet(string greeting) => Task.FromResult($"{greeting}, {State.Profile.Name}");
}
