namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A player's mailbox: an ordered, durable log of pushes, numbered 1, 2, 3, … Keyed by player id. A leaf: it calls no
/// grain.
/// </summary>
[Alias("gb.Mailbox")]
public interface IMailboxGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Appends a push and sends it out on the lane of the attached gateway, if there is one.
    /// </summary>
    /// <param name="messageId">
    /// Names the push. A second post of the same id changes nothing and returns the first's item.
    /// </param>
    /// <param name="op">The opcode of the push.</param>
    /// <param name="body">The encoded push.</param>
    /// <returns>The item; null if the mailbox is full and <paramref name="kind"/> may not push others out.</returns>
    [Alias("Post")]
    Task<MailboxItem?> Post(string messageId, uint op, [Immutable] byte[] body, PostKind kind);

    /// <summary>As <see cref="Post"/>, for a push that another player has caused.</summary>
    /// <param name="sender">That player, of whom the mailbox takes no more than a share; 0 for the system.</param>
    [Alias("PostFrom")]
    Task<MailboxItem?> PostFrom(long sender, string messageId, uint op, [Immutable] byte[] body, PostKind kind);

    /// <summary>
    /// Whether the mailbox takes something more of a player. Asked before what that player does is decided.
    /// </summary>
    [Alias("HasRoomFor")]
    Task<bool> HasRoomFor(long sender, PostKind kind);

    /// <summary>
    /// Sends a push that need not last: latest wins, nothing is kept, nobody online means that it is dropped.
    /// </summary>
    [Alias("PostTransient")]
    Task PostTransient(uint op, [Immutable] byte[] body);

    /// <summary>
    /// Points live delivery at a gateway lane, or confirms it, and drops what the client has acknowledged. An epoch
    /// older than the newest seen changes nothing.
    /// </summary>
    [Alias("Attach")]
    Task<MailboxBounds> Attach(ulong epoch, string lane, ulong ack);

    /// <summary>Ends live delivery, unless a newer epoch than <paramref name="epoch"/> is attached.</summary>
    [Alias("Detach")]
    Task Detach(ulong epoch);

    /// <summary>Tells the gateway of an older connection to close it, by way of that gateway's lane.</summary>
    [Alias("Close")]
    Task Close(ulong epoch, string lane, GoodbyeReason reason, string detail);

    /// <summary>
    /// Drops items up to and including <paramref name="seq"/>. An epoch older than the newest attached changes nothing:
    /// what the client of an older connection has handled, that of the newer one may still have to read.
    /// </summary>
    [Alias("Ack")]
    Task Ack(ulong epoch, ulong seq);

    /// <summary>
    /// Reads items from <paramref name="fromSeq"/> on, in order, at most <paramref name="max"/> (1 to 256).
    /// </summary>
    [Alias("Read")]
    Task<MailboxItem[]> Read(ulong fromSeq, int max);
}

/// <summary>How a push is delivered, and what becomes of it when the mailbox is full.</summary>
[GenerateSerializer, Alias("gb.PostKind")]
public enum PostKind
{
    /// <summary>A change of state. Too many of them become one Resync, after which the client fetches.</summary>
    Change = 0,

    /// <summary>
    /// A change that the caller hands to the player's gateway itself, with its reply; no lane is used.
    /// </summary>
    ChangeWithReply = 1,

    /// <summary>Something that cannot be fetched again. It is refused while the mailbox is nearly full.</summary>
    Message = 2,
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
