namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A write did not come to a clear end: it may or may not have taken effect. The same request, sent again, finds out.
/// </summary>
[GenerateSerializer, Alias("gb.OutcomeUnknownException")]
public sealed class OutcomeUnknownException : Exception
{
    public OutcomeUnknownException() { }

    public OutcomeUnknownException(string message) : base(message) { }

    /// <param name="cause">
    /// Goes into the message. The exceptions of a storage do not travel between processes, and this one has to.
    /// </param>
    public OutcomeUnknownException(string message, Exception cause)
        : base($"{message} {cause.GetType().Name}: {cause.Message}")
    {
    }
}
