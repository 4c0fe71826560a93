namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A grain that takes value from others. The sender has written that it gave the value away, and repeats the transfer
/// until it is answered; the receiver writes what it takes together with the answer, and answers a repetition alike.
/// </summary>
/// <remarks>
/// Who receives never calls the sender before it has answered. A player sends to groups, letters and trades, and those
/// send to players outside of their commands; players never send to each other directly, or two would wait for each
/// other.
/// </remarks>
[Alias("gb.ValueReceiver")]
public interface IValueReceiver : IGrainWithIntegerKey
{
    /// <summary>Takes the value, or refuses it for good.</summary>
    [Alias("Receive")]
    Task<TransferAnswer> Receive(ValueTransfer transfer);

    /// <summary>The sender has closed these transfers: their answers need not be kept. May be lost.</summary>
    [Alias("Forget"), OneWay]
    Task Forget([Immutable] string[] transferIds);
}

/// <summary>A grain from whose hands value can be taken on its behalf, into escrow.</summary>
[Alias("gb.ValueHolder")]
public interface IValueHolder : IGrainWithIntegerKey
{
    /// <summary>
    /// Takes value away, once for an id, or refuses for good. The reply is the encoded Value that was taken, with the
    /// pets whole.
    /// </summary>
    [Alias("Take")]
    Task<TransferAnswer> Take(ValueTransfer transfer);
}

/// <summary>Value on its way.</summary>
/// <param name="Id">Unique for good.</param>
/// <param name="Value">An encoded <see cref="Protocol.Value"/>.</param>
/// <param name="Reason">Stands in the ledgers of both sides.</param>
/// <param name="From">The player, or other party, that it comes from.</param>
/// <param name="Details">What the receiver needs to know besides: an encoded message of the feature.</param>
/// <param name="MustTake">
/// No want of room is a reason to refuse: what does not fit goes to the player's letters.
/// </param>
[GenerateSerializer, Immutable, Alias("gb.ValueTransfer")]
public sealed record ValueTransfer(
    [property: Id(0)] string Id,
    [property: Id(1)] byte[] Value,
    [property: Id(2)] string Reason,
    [property: Id(3)] long From,
    [property: Id(4)] byte[] Details,
    [property: Id(5)] bool MustTake = false);

/// <param name="Error">OK if the value was taken; else it stays the sender's.</param>
/// <param name="Reply">An encoded reply for whoever began the transfer; null for an empty one.</param>
[GenerateSerializer, Immutable, Alias("gb.TransferAnswer")]
public sealed record TransferAnswer(
    [property: Id(0)] GameError Error,
    [property: Id(1)] byte[]? Reply = null);

/// <summary>The grain types that take value.</summary>
public static class ValueReceivers
{
    public const string Player = "player";
    public const string Guild = "guild";
    public const string Letters = "letters";
    public const string Trade = "trade";

    /// <summary>A receiver by its grain type and key.</summary>
    public static IValueReceiver GetValueReceiver(this IGrainFactory grains, string type, long key) =>
        grains.GetGrain<IValueReceiver>(
            GrainId.Create(GrainType.Create(type), GrainIdKeyExtensions.CreateIntegerKey(key)));
}
