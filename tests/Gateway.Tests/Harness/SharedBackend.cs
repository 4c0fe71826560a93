namespace GameBackend.Gateway.Tests.Harness;

/// <summary>A backend with the default options, but for a rate that tests do not run into.</summary>
public sealed class SharedBackend : IAsyncLifetime
{
    internal Backend Backend { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Backend = await Backend.Start(("Gateway:RequestsPerSecond", 100_000), ("Gateway:RequestBurst", 100_000));

    public Task DisposeAsync() => Backend.DisposeAsync().AsTask();
}

/// <summary>Tests that share a backend, each with players of its own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBackendTests : ICollectionFixture<SharedBackend>
{
    public const string Name = "shared backend";
}
