namespace GameBackend.Nodes.Tests;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData(1, 1, 1, 0x0010_1001u)]
    [InlineData(4095, 255, 4095, 0xFFFF_FFFFu)]
    [InlineData(2, 255, 7, 0x002F_F007u)]
    public void Parts_are_packed_and_read_back(int cluster, int type, int number, uint value)
    {
        var address = new NodeAddress(cluster, type, number);
        Assert.Equal(value, address.Value);
        Assert.Equal((cluster, type, number), (address.Cluster, address.Type, address.Number));
        Assert.Equal($"{cluster}.{type}.{number}", address.ToString());
        Assert.Equal(address, NodeAddress.Parse(address.ToString()));
        Assert.Equal(address, NodeAddress.FromValue(value));
        Assert.Equal(type == 255, address.IsHarbor);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.1")]
    [InlineData("1.1.1.1")]
    [InlineData("0.1.1")]
    [InlineData("1.0.1")]
    [InlineData("1.1.0")]
    [InlineData("4096.1.1")]
    [InlineData("1.256.1")]
    [InlineData("1.1.4096")]
    [InlineData("1.-1.1")]
    [InlineData(" 1.1.1")]
    [InlineData("1.1.+1")]
    [InlineData("a.b.c")]
    [InlineData("99999999999.1.1")]
    public void What_is_no_address_does_not_parse(string text)
    {
        Assert.False(NodeAddress.TryParse(text, out _));
        Assert.Contains(text, Assert.Throws<FormatException>(() => NodeAddress.Parse(text)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(4096, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 256, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, 4096)]
    public void Parts_outside_their_ranges_are_refused(int cluster, int type, int number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new NodeAddress(cluster, type, number));

    [Fact]
    public void No_address_says_so()
    {
        Assert.True(default(NodeAddress).IsNone);
        Assert.Equal("none", default(NodeAddress).ToString());
        Assert.Throws<FormatException>(() => NodeAddress.FromValue(0));
    }
}
