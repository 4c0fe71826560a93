namespace GameBackend.Protocol.Tests;

/// <summary>
/// The contract may only grow: clients that are out in the world speak every version of it. contract.golden.txt holds
/// each opcode, error code and field that was ever published.
/// </summary>
public sealed class ContractTests
{
    private static readonly string[] Golden =
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "contract.golden.txt"));

    [Fact]
    public void Nothing_published_is_removed_renumbered_or_retyped()
    {
        var broken = BrokenPromises(Golden, ContractDescription.Lines());

        Assert.True(broken.Count == 0, "Published parts of the contract are gone or changed, which breaks clients that "
            + "are out in the world. Put them back as they were:\n" + string.Join('\n', broken));
    }

    [Fact]
    public void Whatever_is_new_stands_in_the_golden_file()
    {
        var added = Additions(Golden, ContractDescription.Lines());

        Assert.True(added.Count == 0, "The contract has grown. Once these lines are as they shall stay, add them to "
            + "tests/Protocol.Tests/contract.golden.txt:\n" + string.Join('\n', added));
    }

    [Fact]
    public void The_golden_file_says_nothing_twice() => Assert.Equal(Golden.Distinct(), Golden);

    [Theory]
    [InlineData("field Note 1 from fixed64", "field Note 5 from fixed64")]
    [InlineData("field Note 3 text string", "field Note 3 text bytes")]
    [InlineData("field Note 3 text string", "field Note 3 body string")]
    [InlineData("enum GameError 100 GAME_ERROR_PLAYER_NOT_FOUND", "enum GameError 103 GAME_ERROR_PLAYER_NOT_FOUND")]
    [InlineData("push 150 Note", "push 151 Note")]
    public void A_change_of_a_published_line_is_found(string published, string changed)
    {
        var contract = ContractDescription.Lines();
        Assert.Contains(published, contract);

        var broken = BrokenPromises(Golden, [.. contract.Select(line => line == published ? changed : line)]);

        Assert.Equal([published], broken);
    }

    private static List<string> BrokenPromises(IEnumerable<string> golden, IEnumerable<string> contract) =>
        [.. golden.Except(contract)];

    private static List<string> Additions(IEnumerable<string> golden, IEnumerable<string> contract) =>
        [.. contract.Except(golden)];
}
