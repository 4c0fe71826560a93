namespace GameBackend.Gateway.Tests.Transports;

/// <summary>Takes its time, so it has a backend of its own and goes on beside the others.</summary>
public sealed class KcpVanishTests : IAsyncLifetime
{
    private readonly SharedBackend _shared = new();

    public Task InitializeAsync() => _shared.InitializeAsync();

    public Task DisposeAsync() => _shared.DisposeAsync();

    [Fact]
    public async Task A_client_that_vanishes_is_given_up_although_something_is_on_its_way()
    {
        var backend = _shared.Backend;
        await using var relay = new DatagramRelay(backend.Options.KcpPort);
        var client = await relay.Play(backend);
        var session = backend.Registry.Find((long)client.Account.PlayerId)!;
        relay.Loss = 1;
        session.SendTransient(Opcodes.OfPush<Note>().Op, new byte[10]);
        await Wait.Until(() => !backend.Registry.All.Contains(session));
        client.Reset();
    }
}
