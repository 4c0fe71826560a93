using Google.Protobuf;

namespace GameBackend.Grains.Interfaces;

/// <summary>
/// What became of a request: an error, or an encoded reply with the pushes that must reach the client first.
/// </summary>
/// <param name="Error">Why it was refused, or <see cref="GameError.Ok"/>.</param>
/// <param name="Reply">The encoded reply message; null stands for an empty one.</param>
/// <param name="Pushes">
/// Mailbox items that the request appended, in order. The gateway sends them before the reply.
/// </param>
/// <param name="AfterSeq">The mailbox sequence that must reach the client before the reply; 0 if none.</param>
/// <param name="RetryAfterMs">With an error that time heals: when it may be asked again; else 0.</param>
/// <param name="Settled">
/// With an error: no earlier try of the request has taken effect, and none will. Matters for a request of which a try
/// came to no clear end (<see cref="Caller.Again"/>): its refusal means nothing else.
/// </param>
[GenerateSerializer, Immutable, Alias("gb.Outcome")]
public sealed record Outcome(
    [property: Id(0)] GameError Error,
    [property: Id(1)] byte[]? Reply = null,
    [property: Id(2)] MailboxItem[]? Pushes = null,
    [property: Id(3)] ulong AfterSeq = 0,
    [property: Id(4)] uint RetryAfterMs = 0,
    [property: Id(5)] bool Settled = false)
{
    /// <summary>Done, with an empty reply and no push.</summary>
    public static Outcome Done { get; } = new(GameError.Ok);

    public static Outcome Refused(GameError error, uint retryAfterMs = 0) => new(error, RetryAfterMs: retryAfterMs);

    public static Outcome Of(IMessage reply) => new(GameError.Ok, reply.ToByteArray());
}
