namespace GameBackend.Grains.Interfaces;

/// <summary>What silos say of themselves in the node directory's metadata: keys.</summary>
public static class SiloNode
{
    /// <summary>Its address in Orleans, as <c>SiloAddress.ToParsableString</c> writes it.</summary>
    public const string Address = "silo.address";
}
