namespace GameBackend.Nodes;

/// <summary>Kinds of nodes, the middle part of an address. Others may be made up, from 16 to 254.</summary>
public static class NodeTypes
{
    public const int Gateway = 1;
    public const int Silo = 2;

    /// <summary>Leads from one zone to the others.</summary>
    public const int Harbor = 255;
}
