using System.Net;
using GameBackend.Gateway.Sessions;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Tests.Sessions;

public sealed class ConnectionLimiterTests : IDisposable
{
    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.1");

    private readonly GatewayMetrics _metrics = new();
    private readonly GatewayOptions _options = new()
    {
        MaxConnections = 20,
        MaxConnectionsPerAddress = 6,
        MaxUnauthenticatedPerAddress = 3,
        MaxUnauthenticatedPercent = 50,
    };

    [Fact]
    public void An_address_holds_few_connections_without_a_session_and_more_with_one()
    {
        var limiter = Limiter();
        for (var i = 0; i < _options.MaxConnectionsPerAddress; i += 3)
        {
            var slots = Enumerable.Range(0, 3).Select(_ => limiter.Take(Stranger, Fail)!).ToArray();
            Assert.All(slots, slot => Assert.True(slot.IsAdmitted));
            Assert.False(limiter.Take(Stranger, Fail)!.IsAdmitted);
            foreach (var slot in slots)
                slot.Authenticated();
        }

        Assert.False(limiter.Take(Stranger, Fail)!.IsAdmitted);
        Assert.Equal(0, limiter.Unauthenticated);
        Assert.True(limiter.Take(IPAddress.Parse("203.0.113.2"), Fail)!.IsAdmitted);
    }

    [Theory]
    [InlineData("203.0.113.1", "::ffff:203.0.113.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.1", "203.0.113.2", false)]
    public void What_one_host_can_make_up_is_one_address(string one, string other, bool same)
    {
        var limiter = Limiter();
        for (var i = 0; i < _options.MaxUnauthenticatedPerAddress; i++)
            limiter.Take(IPAddress.Parse(one), Fail);
        Assert.Equal(!same, limiter.Take(IPAddress.Parse(other), Fail)!.IsAdmitted);
    }

    [Fact]
    public void The_address_that_holds_most_gives_way_when_the_budget_is_used_up()
    {
        var limiter = Limiter();
        var dropped = new List<int>();
        var quiet = limiter.Take(Stranger, Fail)!;
        for (var i = 0; i < 30; i++)
        {
            var number = i;
            Assert.True(limiter.Take(Address(i % 4), () => dropped.Add(number))!.IsAdmitted);
        }

        Assert.Equal(10, limiter.Unauthenticated);
        Assert.Equal(21, dropped.Distinct().Count());
        quiet.Authenticated();
        Assert.Equal(9, limiter.Unauthenticated);
    }

    [Fact]
    public void Of_addresses_that_hold_as_much_the_one_that_has_waited_longest_gives_way()
    {
        var limiter = Limiter();
        var dropped = new List<int>();
        for (var i = 0; i < 25; i++)
        {
            var number = i;
            Assert.True(limiter.Take(Address(i), () => dropped.Add(number))!.IsAdmitted);
        }

        Assert.Equal(Enumerable.Range(0, 15), dropped);
    }

    [Fact]
    public void A_full_gateway_refuses_newcomers_and_drops_them_when_many_are_being_told()
    {
        var limiter = Limiter();
        for (var i = 0; i < _options.MaxConnections; i++)
            limiter.Take(Address(i), Fail)!.Authenticated();
        var told = Enumerable.Range(0, ConnectionLimiter.MaxToldRefusals)
            .Select(i => limiter.Take(Address(i), Fail)!).ToArray();
        Assert.All(told, slot => Assert.False(slot.IsAdmitted));
        Assert.Null(limiter.Take(Address(0), Fail));
        told[0].Dispose();
        told[0].Dispose();
        Assert.NotNull(limiter.Take(Address(0), Fail));
        Assert.Null(limiter.Take(Address(0), Fail));
    }

    [Theory, InlineData("203.0.113.1"), InlineData("::ffff:203.0.113.1"), InlineData("::1")]
    public void Exempt_networks_have_no_limit_by_address(string address)
    {
        _options.ExemptNetworks = ["203.0.113.0/24", "::1"];
        var limiter = Limiter();
        for (var i = 0; i < _options.MaxConnections; i++)
        {
            var slot = limiter.Take(IPAddress.Parse(address), Fail)!;
            Assert.True(slot.IsAdmitted);
            slot.Authenticated();
        }
    }

    [Fact]
    public void Whatever_comes_and_goes_every_slot_is_free_in_the_end()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var limiter = Limiter();
            var slots = new List<ConnectionSlot>();
            for (var step = 0; step < 200; step++)
            {
                var index = random.Next(slots.Count + 1);
                if (index == slots.Count)
                {
                    if (limiter.Take(Address(random.Next(12)), () => { }) is { } slot)
                        slots.Add(slot);
                }
                else if (random.Next(2) == 0)
                {
                    slots[index].Authenticated();
                }
                else
                {
                    slots[index].Dispose();
                }

                Assert.InRange(limiter.Unauthenticated, 0, 10);
            }

            slots.ForEach(slot => slot.Dispose());
            Assert.Equal(0, limiter.Unauthenticated);
            for (var i = 0; i < _options.MaxConnections; i++)
            {
                var slot = limiter.Take(Address(i), Fail)!;
                Assert.True(slot.IsAdmitted);
                slot.Authenticated();
            }
        }
    }

    public void Dispose() => _metrics.Dispose();

    private ConnectionLimiter Limiter() => new(Options.Create(_options), _metrics);

    private static IPAddress Address(int number) => IPAddress.Parse($"198.51.100.{number}");

    private static void Fail() => Assert.Fail("It gave way.");
}
