namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A write did not come to a clear end: it may or may not have taken effect. The same request, sent again, finds out.
/// </summary>
[GenerateSerializer, Alias("gb.OutcomeUnknownException")]
public sealed class OutcomeUnknownException : Exception
{
    public OutcomeUnknownException() { }

    public OutcomeUnknownException(string message) : base(message) { }

    public OutcomeUnknownException(string message, Exception inner) : base(message, inner) { }
}
