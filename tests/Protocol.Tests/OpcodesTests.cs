using Google.Protobuf.Reflection;

namespace GameBackend.Protocol.Tests;

public sealed class OpcodesTests
{
    [Fact]
    public void A_request_is_found_by_its_message()
    {
        var move = Opcodes.Of<MoveItemRequest>();

        Assert.Equal(300u, move.Op);
        Assert.Equal("BagService.Move", move.Name);
        Assert.Equal(Effect.Write, move.Effect);
        Assert.Same(MoveItemReply.Descriptor, move.Reply);
        Assert.Same(move, Opcodes.Requests[300]);
    }

    [Fact]
    public void A_request_without_the_effect_option_reads() =>
        Assert.Equal(Effect.Read, Opcodes.Of<FetchPlayerRequest>().Effect);

    [Fact]
    public void A_push_is_found_by_its_message()
    {
        Assert.Equal(250u, Opcodes.OfPush<PlayerChanged>().Op);
        Assert.Same(PlayerChanged.Descriptor, Opcodes.Pushes[250].Message);
    }

    [Fact]
    public void A_message_that_is_no_request_or_push_is_refused_each_time()
    {
        Assert.Throws<ArgumentException>(Opcodes.Of<Note>);
        Assert.Throws<ArgumentException>(Opcodes.Of<Note>);
        Assert.Throws<ArgumentException>(Opcodes.OfPush<SendNoteRequest>);
    }

    [Fact]
    public void Every_service_of_the_contract_is_a_feature()
    {
        var files = typeof(Opcodes).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => (FileDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!)
            .Where(file => file.Services.Count > 0);

        // A feature may do without a service: it then only pushes.
        Assert.Empty(files.Select(f => f.Name).Except(Opcodes.Features.Select(f => f.File.Name)));
    }

    [Fact]
    public void Error_codes_lie_in_the_block_of_a_feature()
    {
        var blocks = Opcodes.Features.Select(feature => feature.Block).ToHashSet();

        Assert.All(Enum.GetValues<GameError>(), error =>
            Assert.Contains((uint)error / Opcodes.BlockSize * Opcodes.BlockSize, blocks));
    }

    [Fact]
    public void Blocks_do_not_overlap_and_start_at_a_multiple_of_their_size()
    {
        var blocks = Opcodes.Features.Select(feature => feature.Block).ToArray();

        Assert.Equal(blocks.Distinct(), blocks);
        Assert.All(blocks, block => Assert.Equal(0u, block % Opcodes.BlockSize));
    }

    [Fact]
    public void Two_methods_with_one_opcode_are_refused() =>
        AssertRefused(Broken.Duplicate.DuplicateReflection.Descriptor, "taken by BrokenService.First");

    [Fact]
    public void An_opcode_outside_its_block_is_refused() =>
        AssertRefused(Broken.Outside.OutsideReflection.Descriptor, "outside its block");

    [Fact]
    public void A_method_without_opcode_is_refused() =>
        AssertRefused(Broken.Missing.MissingReflection.Descriptor, "BrokenService.Second has no opcode");

    [Fact]
    public void Two_methods_that_take_one_message_are_refused() =>
        AssertRefused(Broken.Shared.SharedReflection.Descriptor, "another method takes too");

    [Fact]
    public void A_push_with_the_opcode_of_a_request_is_refused() =>
        AssertRefused(Broken.Clash.ClashReflection.Descriptor, "taken by BrokenService.First");

    private static void AssertRefused(FileDescriptor file, string why)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => OpcodeTable.Load((file, 0)));
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }
}
