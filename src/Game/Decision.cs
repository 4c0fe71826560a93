using System.Diagnostics.CodeAnalysis;

namespace GameBackend.Game;

/// <summary>The request behind a change.</summary>
/// <param name="Key">
/// Names the act for good, such as <c>session/request</c>: the idempotency key of its ledger entries. An act whose
/// key is still in the ledger's tail is not booked again but throws, since its caller has lost track of what it did.
/// </param>
/// <param name="NowMs">When it happens, in milliseconds since 1970-01-01 UTC.</param>
public readonly record struct Act(string Key, long NowMs);

/// <summary>
/// What a rule has decided: a refusal that left the state as it was, or a change that the state now has.
/// </summary>
/// <param name="Error">Why it was refused, or <see cref="GameError.Ok"/>.</param>
/// <param name="Change">The delta for the client. Shares nothing with the state.</param>
public readonly record struct Decision(GameError Error, PlayerChanged? Change)
{
    [MemberNotNullWhen(true, nameof(Change))]
    public bool Ok => Error == GameError.Ok;

    public static Decision Refused(GameError error) => new(error, null);
}
