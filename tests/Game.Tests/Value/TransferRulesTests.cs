using Google.Protobuf.Collections;

namespace GameBackend.Game.Tests;

public sealed class TransferRulesTests
{
    private const long Now = 1_000_000_000_000;

    private readonly RepeatedField<ReceivedTransfer> _received = [];

    [Fact]
    public void An_answer_is_known_until_no_repetition_can_be_on_its_way()
    {
        TransferRules.Remember(_received, "a", GameError.BagFull, ByteString.CopyFromUtf8("reply"), Now);
        TransferRules.Close(_received, "a", Now + 10);
        var late = Now + 10 + (long)TransferRules.KeptClosedFor.TotalMilliseconds;
        TransferRules.Remember(_received, "b", GameError.Ok, ByteString.Empty, late);
        Assert.Equal(GameError.BagFull, TransferRules.Find(_received, "a")!.Error);
        TransferRules.Remember(_received, "c", GameError.Ok, ByteString.Empty, late + 1);
        Assert.Null(TransferRules.Find(_received, "a"));
        Assert.NotNull(TransferRules.Find(_received, "b"));
    }

    [Fact]
    public void An_answer_that_nobody_closes_goes_after_a_week()
    {
        TransferRules.Remember(_received, "a", GameError.Ok, ByteString.Empty, Now);
        var week = (long)TransferRules.KeptFor.TotalMilliseconds;
        TransferRules.Remember(_received, "b", GameError.Ok, ByteString.Empty, Now + week);
        Assert.NotNull(TransferRules.Find(_received, "a"));
        TransferRules.Remember(_received, "c", GameError.Ok, ByteString.Empty, Now + week + 1);
        Assert.Null(TransferRules.Find(_received, "a"));
    }

    [Fact]
    public void Closing_again_does_not_keep_it_longer()
    {
        TransferRules.Remember(_received, "a", GameError.Ok, ByteString.Empty, Now);
        TransferRules.Close(_received, "a", Now);
        TransferRules.Close(_received, "a", Now + 20_000);
        TransferRules.Close(_received, "unknown", Now);
        Assert.Equal(Now, Assert.Single(_received).ClosedAtMs);
    }
}
