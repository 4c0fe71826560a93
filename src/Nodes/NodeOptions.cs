using System.ComponentModel.DataAnnotations;

namespace GameBackend.Nodes;

/// <summary>How a process is known in its cluster (configuration section <c>Node</c>).</summary>
public sealed class NodeOptions
{
    public const string Section = "Node";

    /// <summary>The zone's number, first part of the address.</summary>
    [Range(1, NodeAddress.MaxCluster)] public int Cluster { get; set; } = 1;

    /// <summary>Second part of the address; 0 for what the process is: gateway, silo or harbor.</summary>
    [Range(0, NodeAddress.MaxType)] public int Type { get; set; }

    /// <summary>Third part; 0 takes the lowest that is free.</summary>
    [Range(0, NodeAddress.MaxNumber)] public int Number { get; set; }

    /// <summary>What people call it; by default its kind and number.</summary>
    public string? Name { get; set; }

    /// <summary>What the others are told as its version; by default the program's.</summary>
    public string? Version { get; set; }

    /// <summary>If any are listed, a process whose address is not refuses to start.</summary>
    public string[] AllowedAddresses { get; set; } = [];

    /// <summary>Protobuf services, by full name, that other zones may call.</summary>
    public string[] Exports { get; set; } = [];

    /// <summary>Anything that others may want to know.</summary>
    public Dictionary<string, string> Metadata { get; set; } = [];

    /// <summary>How often a node says that it is alive, and asks who else is.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:05")]
    public TimeSpan Heartbeat { get; set; } =
        TimeSpan.FromMilliseconds(400);

    /// <summary>For how long a node counts as alive without a word: it is gone everywhere a heartbeat later.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:01:00")] public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(1.8);

    /// <summary>How long a stopping node waits for handlers that are at work.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StopWithin { get; set; } =
        TimeSpan.FromSeconds(5);

    /// <summary>Calls that wait for an answer, at the most.</summary>
    [Range(1, 1_000_000)] public int MaxCalls { get; set; } = 10_000;

    /// <summary>Bytes of a message between nodes.</summary>
    [Range(1024, 16 * 1024 * 1024)] public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>Durable messages that wait for one address; the oldest go first.</summary>
    [Range(1, 1_000_000)] public int MaxDurable { get; set; } = 10_000;
}
