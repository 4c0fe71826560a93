using GameBackend.Grains.Interfaces;
using GameBackend.Protocol;

namespace GameBackend.Accounts.Testing;

/// <summary>Gives the interface an implementation, without which there is no reference to call. It is never called.</summary>
[GrainType("accounts-test-player")]
public sealed class PlayerStandIn : Grain, IPlayerSession
{
    public Task<AttachResult> Attach(AttachRequest request) => throw Uncalled();

    public Task<HeartbeatResult> Heartbeat(ulong epoch, ulong ack) => throw Uncalled();

    public Task Detach(ulong epoch, ulong ack) => throw Uncalled();

    public Task Leave(ulong epoch, ulong ack) => throw Uncalled();

    public Task Kick(GoodbyeReason reason, string detail) => throw Uncalled();

    public Task<Presence> GetPresence() => throw Uncalled();

    public Task<Outcome> Echo(Caller caller, byte[] body) => throw Uncalled();

    private static InvalidOperationException Uncalled() => new("Calls to players end in PlayerCalls.");
}

/// <summary>The same for the directory.</summary>
[GrainType("accounts-test-gateways")]
public sealed class DirectoryStandIn : Grain, IGatewayDirectoryGrain
{
    public Task<GatewayEntry[]> Announce(GatewayEntry entry) => throw Uncalled();

    public Task Withdraw(Guid id) => throw Uncalled();

    public Task<GatewayEntry[]> List() => throw Uncalled();

    private static InvalidOperationException Uncalled() => new("Calls to the directory end in PlayerCalls.");
}
