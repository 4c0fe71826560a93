namespace GameBackend.Gateway.Tests.Harness;

/// <summary>A backend with small limits.</summary>
public sealed class TightBackend : IAsyncLifetime
{
    internal Backend Backend { get; private set; } = null!;

    public async Task InitializeAsync() => Backend = await Backend.Start(
        ("Gateway:AuthenticateWithin", MachineTime.Stretch(TimeSpan.FromSeconds(1))),
        ("Gateway:HeartbeatEvery", "00:00:00.5"),
        ("Gateway:DeadAfter", "00:00:03"), ("Gateway:CallTimeout", "00:00:04"),
        ("Gateway:RequestsPerSecond", 5), ("Gateway:RequestBurst", 10), ("Gateway:MaxInFlight", 30),
        ("Gateway:MaxFrameBytes", 2000), ("Mailbox:MaxBacklog", 16),
        ("Player:ResumeWindow", "00:00:00.4"), ("Player:WatchEvery", "00:00:00.1"));

    public Task DisposeAsync() => Backend.DisposeAsync().AsTask();
}

[CollectionDefinition(Name)]
public sealed class TightBackendTests : ICollectionFixture<TightBackend>
{
    public const string Name = "tight backend";
}
