namespace GameBackend.Grains.Interfaces;

/// <summary>Who asks: the session behind a request, as the gateway knows it.</summary>
/// <param name="SessionId">The session, constant over resumes.</param>
/// <param name="Epoch">The connection's epoch. A grain refuses a caller whose epoch is not the newest.</param>
/// <param name="RequestId">The client's request id; 0 for a notification.</param>
[GenerateSerializer, Immutable, Alias("gb.Caller")]
public readonly record struct Caller(
    [property: Id(0)] ulong SessionId,
    [property: Id(1)] ulong Epoch,
    [property: Id(2)] uint RequestId);
