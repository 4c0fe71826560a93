using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Routes;
using GameBackend.Gateway.Sessions;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Dispatch;

public sealed class RouteTableTests
{
    [Fact]
    public void Every_request_of_the_proto_files_has_its_route()
    {
        var identity = new GatewayIdentity(Guid.Empty, "");
        var authenticator = new Authenticator(null!, null!, null!, null!, identity, TimeProvider.System);
        var routes = RouteList.Build(new SystemRoutes(authenticator, identity, TimeProvider.System), null!, null!);
        Assert.Equal(Opcodes.Requests.Keys.Order(), routes.All.Select(route => route.Op));
        Assert.All(Opcodes.Requests.Values, request => Assert.Equal(request.Effect, routes.Find(request.Op)!.Effect));
    }

    [Fact]
    public void A_missing_route_stops_the_host_and_is_named()
    {
        var routes = new RouteTable();
        BagRoutes.Map(routes);
        var thrown = Assert.Throws<InvalidOperationException>(routes.CheckComplete);
        Assert.Contains("SystemService.Login", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BagService", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_routes_for_an_opcode_stop_the_host()
    {
        var routes = new RouteTable();
        BagRoutes.Map(routes);
        var thrown = Assert.Throws<InvalidOperationException>(() => BagRoutes.Map(routes));
        Assert.Contains("two routes", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_with_another_reply_than_the_proto_files_say_stops_the_host()
    {
        var routes = new RouteTable();
        var thrown = Assert.Throws<InvalidOperationException>(
            () => routes.Map<MoveItemRequest, SplitItemReply>((_, _) => Task.FromResult(Outcome.Done)));
        Assert.Contains("BagService.Move", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_for_a_message_that_is_no_request_stops_the_host()
    {
        var routes = new RouteTable();
        Assert.Throws<ArgumentException>(
            () => routes.Map<Note, MoveItemReply>((_, _) => Task.FromResult(Outcome.Done)));
    }
}
