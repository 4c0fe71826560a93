namespace GameBackend.Gateway.Tests.Harness;

/// <summary>
/// A backend with the default options, but for a rate that tests do not run into, and heartbeats so rare that none of
/// them repairs what a test looks for.
/// </summary>
public sealed class SharedBackend : IAsyncLifetime
{
    internal Backend Backend { get; private set; } = null!;

    public async Task InitializeAsync() => Backend = await Backend.Start(
        ("Gateway:RequestsPerSecond", 100_000), ("Gateway:RequestBurst", 100_000),
        ("Chat:NotesPerSecond", 1000), ("Chat:NoteBurst", 100_000),
        ("Gateway:HeartbeatEvery", "00:10:00"), ("Gateway:DeadAfter", "00:30:00"),
        ("Player:GatewaySilence", "01:00:00"));

    public Task DisposeAsync() => Backend.DisposeAsync().AsTask();
}

/// <summary>Tests that share a backend, each with players of its own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBackendTests : ICollectionFixture<SharedBackend>
{
    public const string Name = "shared backend";
}
