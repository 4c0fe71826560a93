using Orleans.TestingHost;

namespace GameBackend.Grains.Tests;

/// <summary>Ports for a test cluster.</summary>
public sealed class FreePorts : ITestClusterPortAllocator
{
    public (int, int) AllocateConsecutivePortPairs(int numPorts)
    {
        var first = Ports.Take(2 * numPorts);
        return (first, first + numPorts);
    }

    public void Dispose() { }
}
