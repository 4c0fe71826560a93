namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A write did not come to a clear end: it may or may not have taken effect. The same request, sent again, finds out.
/// </summary>
[GenerateSerializer, Alias("gb.OutcomeUnknownException")]
public sealed class OutcomeUnknownException : Exception
{
    public OutcomeUnknownException() { }

    public OutcomeUnknownException(string message) : base(message) { }

    /// <summary>
    /// Takes the cause over as text alone: its type is often one of a storage client, which gateways do not have, and
    /// an exception that they cannot read would look to them like a fault.
    /// </summary>
    public OutcomeUnknownException(string message, Exception inner)
        : base($"{message} {inner.GetType().Name}: {inner.Message}") { }
}
