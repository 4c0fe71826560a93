using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Hosting;

/// <summary>What is for operators is not on the clients' port, and the other way round.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class OperatorsPortTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Fact]
    public async Task Each_route_is_on_its_port_and_liveness_on_both()
    {
        RouteEndpoint[] routes =
            [.. _backend.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];
        Assert.True(routes.Length > 20, "The routes were not found.");
        foreach (var route in routes)
        {
            var path = route.RoutePattern.RawText!.Replace('{', '1').Replace('}', '1');
            var method = route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];
            var isForAll = path == "/health/live";
            var isForClients = path.StartsWith("/v1/accounts/", StringComparison.Ordinal);
            await Assert404(_backend.Http, method, path, !isForClients && !isForAll);
            await Assert404(_backend.Operators, method, path, isForClients);
        }
    }

    [Theory]
    [InlineData("/metrics/")]
    [InlineData("/METRICS")]
    [InlineData("/%6detrics")]
    [InlineData("/health/ready/")]
    [InlineData("/Health/Ready")]
    [InlineData("/v1/Admin/nodes")]
    public async Task No_spelling_leads_from_the_clients_port_to_what_is_for_operators(string path) =>
        await Assert404(_backend.Http, "GET", path, true);

    [Fact]
    public async Task Sockets_of_clients_are_not_on_the_operators_port() =>
        await Assert404(_backend.Operators, "GET", "/ws", true);

    private static async Task Assert404(HttpClient http, string method, string path, bool expected)
    {
        // Without the key and a body: what is there refuses that, but does not say that it is not there.
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await http.SendAsync(request);
        Assert.True(
            expected == (answer.StatusCode == HttpStatusCode.NotFound),
            $"{method} {http.BaseAddress}{path}: {(int)answer.StatusCode}");
    }
}
