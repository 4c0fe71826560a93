namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A player's mailbox: an ordered, durable log of pushes, numbered 1, 2, 3, … Keyed by player id. A leaf: it calls no grain.
/// </summary>
[Alias("gb.Mailbox")]
public interface IMailboxGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Appends a push and sends it out on the lane of the attached gateway, if there is one.
    /// </summary>
    /// <param name="messageId">Names the push. A second post of the same id changes nothing and returns the first's item.</param>
    /// <param name="op">The opcode of the push.</param>
    /// <param name="body">The encoded push.</param>
    /// <param name="viaReply">True if the caller hands the item to the player's gateway itself; then no lane is used.</param>
    [Alias("Post")]
    Task<MailboxItem> Post(string messageId, uint op, [Immutable] byte[] body, bool viaReply = false);

    /// <summary>Sends a push that need not last: latest wins, nothing is kept, nobody online means that it is dropped.</summary>
    [Alias("PostTransient")]
    Task PostTransient(uint op, [Immutable] byte[] body);

    /// <summary>Points live delivery at a gateway lane. An epoch older than the newest seen is ignored.</summary>
    [Alias("Attach")]
    Task<MailboxBounds> Attach(ulong epoch, string lane);

    /// <summary>Ends live delivery, if <paramref name="epoch"/> is still the attached one.</summary>
    [Alias("Detach")]
    Task Detach(ulong epoch);

    /// <summary>Tells the gateway of an older connection to close it, by way of that gateway's lane.</summary>
    [Alias("Close")]
    Task Close(ulong epoch, string lane, GoodbyeReason reason, string detail);

    /// <summary>Drops items up to and including <paramref name="seq"/>, and returns the bounds after it.</summary>
    [Alias("Ack")]
    Task<MailboxBounds> Ack(ulong seq);

    /// <summary>Reads items from <paramref name="fromSeq"/> on, in order, at most <paramref name="max"/> (1 to 256).</summary>
    [Alias("Read")]
    Task<MailboxItem[]> Read(ulong fromSeq, int max);
}

/// <summary>A push in a mailbox.</summary>
/// <param name="Seq">Its place; 0 for a transient push.</param>
[GenerateSerializer, Immutable, Alias("gb.MailboxItem")]
public sealed record MailboxItem(
    [property: Id(0)] ulong Seq,
    [property: Id(1)] uint Op,
    [property: Id(2)] byte[] Body);

/// <summary>How far a mailbox reaches.</summary>
/// <param name="Acked">The last sequence that the client has acknowledged; the log starts after it.</param>
/// <param name="Head">The last sequence that was appended; 0 if none was.</param>
[GenerateSerializer, Immutable, Alias("gb.MailboxBounds")]
public readonly record struct MailboxBounds([property: Id(0)] ulong Acked, [property: Id(1)] ulong Head);
