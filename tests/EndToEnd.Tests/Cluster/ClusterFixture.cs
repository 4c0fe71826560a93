using GameBackend.EndToEnd.Tests.Processes;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>
/// One cluster for all tests that use the default times. Each test may break it and starts with a whole one.
/// </summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    internal LocalCluster Cluster { get; } = new();

    public Task InitializeAsync() => Cluster.Heal();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";
}
