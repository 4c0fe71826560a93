using GameBackend.Grains.Interfaces;
using GameBackend.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Admin;

/// <summary>What a silo says to zones that send it fighters.</summary>
public sealed class ZoneBattleTests : IAsyncLifetime
{
    private Backend _backend = null!;

    public async Task InitializeAsync() => _backend = await Backend.Start();

    public async Task DisposeAsync() => await _backend.DisposeAsync();

    [Theory]
    [InlineData("1v1")]
    [InlineData("1v1", 0)]
    [InlineData("1v1", 0, 0)]
    [InlineData("1v1", 1, 1)]
    [InlineData("1v1", 0, 1, 1)]
    [InlineData("1v1", 0, 2)]
    [InlineData("3v3", 0, 0, 0, 0, 1, 1)]
    [InlineData("ffa8", 0, 1, 2, 3, 4, 5, 6, 6)]
    [InlineData("none", 0, 1)]
    public async Task Sides_that_are_not_those_of_the_mode_are_refused(string mode, params int[] sides) =>
        Assert.Equal(GameError.InvalidArgument, (await Open(mode, sides)).Error);

    [Theory]
    [InlineData("1v1", 1, 0)]
    [InlineData("3v3", 0, 1, 0, 1, 0, 1)]
    [InlineData("ffa8", 0, 1, 2, 3, 4, 5, 6, 7)]
    public async Task Full_sides_fight(string mode, params int[] sides)
    {
        var opened = await Open(mode, sides);
        Assert.Equal(GameError.Ok, opened.Error);
        Assert.NotEqual(0ul, opened.BattleId);
    }

    private async Task<OpenZoneBattleReply> Open(string mode, int[] sides)
    {
        var request = new OpenZoneBattleRequest { Key = "key", Mode = mode };
        request.Fighters.AddRange(sides.Select((side, index) => new ZoneFighter
        {
            Name = $"fighter {index}",
            Side = (uint)side,
            Stats = new Stats { Health = 100, Attack = 10, Defence = 5, Speed = 5 },
        }));
        var self = _backend.Services.GetRequiredService<NodeDirectory>().Mine.Address;
        return await _backend.Services.GetRequiredService<NodeCalls>().Call<OpenZoneBattleReply>(
            self, ZonesReflection.Descriptor.Services[1], request);
    }
}
