namespace GameBackend.Grains.Interfaces;

/// <summary>Who asks: the session behind a request, as the gateway knows it, and what tells its requests apart.</summary>
/// <param name="SessionId">The session, constant over resumes.</param>
/// <param name="Epoch">The connection's epoch. A grain refuses a caller whose epoch is not the newest.</param>
/// <param name="RequestId">The client's request id; 0 for a notification.</param>
/// <param name="Op">The request's opcode; 0 if it is not known.</param>
/// <param name="BodyHash">A hash of the request's body; 0 if it is not known.</param>
/// <param name="Again">
/// An earlier try of this request came to no clear end: it may have taken effect, or still may.
/// </param>
[GenerateSerializer, Immutable, Alias("gb.Caller")]
public readonly record struct Caller(
    [property: Id(0)] ulong SessionId,
    [property: Id(1)] ulong Epoch,
    [property: Id(2)] uint RequestId,
    [property: Id(3)] uint Op = 0,
    [property: Id(4)] ulong BodyHash = 0,
    [property: Id(5)] bool Again = false);
