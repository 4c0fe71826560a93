using System.Collections.Immutable;

namespace GameBackend.Nodes;

/// <summary>A node, as the others know it.</summary>
/// <param name="Uuid">Of this run of the process.</param>
/// <param name="Address">Of every run of it.</param>
/// <param name="Available">Whether it takes new work.</param>
/// <param name="Exports">Services that other zones may call.</param>
/// <param name="LastActiveMs">When it last said that it is alive, by the clock of Redis, in Unix milliseconds.</param>
/// <param name="Reach">Of a harbor: nodes of other zones that it leads to, by what they export.</param>
public sealed record NodeInfo(
    Guid Uuid,
    NodeAddress Address,
    string Name,
    ImmutableHashSet<string> Roles,
    string Version,
    bool Available,
    NodeLoad Load,
    ImmutableDictionary<string, string> Metadata,
    ImmutableHashSet<string> Exports,
    long StartedAtMs,
    long LastActiveMs,
    ImmutableArray<ReachedNode> Reach)
{
    public bool Carries(string role) => Roles.Contains(role);

    public override string ToString() =>
        $"{Name} {Address} {Version} [{string.Join(' ', Roles.Order())}] {(Available ? "available" : "not available")}";

    internal static NodeInfo From(NodeRecord record, long lastActiveMs) => new(
        new Guid(record.Uuid.Span),
        NodeAddress.FromValue(record.Address),
        record.Name,
        [.. record.Roles],
        record.Version,
        record.Available,
        record.Load ?? new NodeLoad(),
        record.Metadata.ToImmutableDictionary(),
        [.. record.Exports],
        record.StartedAtMs,
        lastActiveMs,
        [.. record.Reach]);

    /// <summary>Whether more than load and time differ.</summary>
    internal bool DiffersFrom(NodeInfo other) =>
        Address != other.Address || Name != other.Name || Version != other.Version || Available != other.Available
        || !Roles.SetEquals(other.Roles) || !Exports.SetEquals(other.Exports)
        || !Reach.SequenceEqual(other.Reach) || Metadata.Count != other.Metadata.Count
            || Metadata.Except(other.Metadata).Any();
}

/// <summary>What a node has become.</summary>
public enum NodeChangeKind
{
    Joined,
    Changed,
    Left,
}

/// <param name="Node">As it is now, or was at last.</param>
public sealed record NodeChange(NodeChangeKind Kind, NodeInfo Node);
