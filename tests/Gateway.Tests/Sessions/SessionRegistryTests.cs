using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Tests.Sessions;

public sealed class SessionRegistryTests
{
    private readonly SessionRegistry _registry = new();

    [Fact]
    public void The_newer_epoch_holds_the_place_whichever_comes_first()
    {
        foreach (var newerFirst in new[] { false, true })
        {
            var (older, newer) = (Open(epoch: 1), Open(epoch: 2));
            var (first, second) = newerFirst ? (newer, older) : (older, newer);
            Assert.Null(_registry.Claim(first));
            Assert.Same(older, _registry.Claim(second));
            Assert.Same(newer, _registry.Find(newer.PlayerId));
            _registry.Remove(older);
            Assert.Same(newer, _registry.Find(newer.PlayerId));
            _registry.Remove(newer);
            Assert.Null(_registry.Find(newer.PlayerId));
        }
    }

    [Fact]
    public void A_session_that_ended_before_it_had_its_place_does_not_keep_it()
    {
        var session = Open(epoch: 1);
        session.Ended();
        _registry.Remove(session);
        Assert.Null(_registry.Claim(session));
        Assert.Null(_registry.Find(session.PlayerId));
        Assert.Equal((0, 0), (_registry.Players, _registry.Connections));
    }

    private Session Open(ulong epoch)
    {
        var session = new Rig().Open(epoch: epoch).Session;
        _registry.Add(session);
        return session;
    }
}
