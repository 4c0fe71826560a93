using System.Diagnostics;
using System.Reflection;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace GameBackend.Nodes;

/// <summary>
/// What this process tells the others of itself. May be changed at any time; the others hear of it at once.
/// </summary>
public sealed class NodeSelf
{
    private readonly Lock _gate = new();
    private readonly NodeRecord _record;
    private readonly Func<(int Items, int Queue)> _load;
    private TimeSpan _cpu = Environment.CpuUsage.TotalTime;
    private long _at = Stopwatch.GetTimestamp();

    /// <param name="type">What the process is, unless its options say otherwise.</param>
    /// <param name="kind">The word for that, for its name.</param>
    /// <param name="load">Sessions or activations, and what waits.</param>
    public NodeSelf(
        IOptions<NodeOptions> options, TimeProvider time, int type, string kind, IEnumerable<string> roles,
        Dictionary<string, string> metadata, Func<(int Items, int Queue)> load)
    {
        var node = options.Value;
        _load = load;
        // Numbers are counted by type: one of another type has a name of its own too.
        Kind = node.Type == 0 || node.Type == type ? kind : $"{kind}-{node.Type}";
        Uuid = Guid.NewGuid();
        type = node.Type == 0 ? type : node.Type;
        _record = new NodeRecord
        {
            Uuid = ByteString.CopyFrom(Uuid.ToByteArray()),
            Address = ((uint)node.Cluster << 20) | ((uint)type << 12) | (uint)node.Number,
            Name = node.Name ?? "",
            Roles = { roles },
            Version = node.Version ?? ProgramVersion(),
            Available = true,
            Metadata = { node.Metadata, metadata },
            Exports = { node.Exports },
            StartedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
    }

    public Guid Uuid { get; }

    /// <summary>Raised after a change, to be told to the others.</summary>
    internal event Action Changed = () => { };

    internal string Kind { get; }

    public bool Available
    {
        get
        {
            lock (_gate)
                return _record.Available;
        }
        set => Change(record => record.Available = value);
    }

    public void SetMetadata(string key, string value) =>
        SetMetadata(new Dictionary<string, string> { [key] = value });

    public void SetMetadata(IReadOnlyDictionary<string, string> entries) => Change(record =>
    {
        foreach (var (key, value) in entries)
            record.Metadata[key] = value;
    });

    /// <summary>Lets other zones call a service of this node's, or no longer.</summary>
    public void Export(string service, bool on) => Change(record =>
    {
        record.Exports.Remove(service);
        if (on)
            record.Exports.Add(service);
    });

    /// <summary>What other zones may call, in alphabetical order.</summary>
    public IReadOnlyList<string> Exports
    {
        get
        {
            lock (_gate)
                return [.. _record.Exports.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Where a harbor leads.</summary>
    internal void Reaches(IReadOnlyCollection<ReachedNode> nodes)
    {
        lock (_gate)
        {
            if (_record.Reach.SequenceEqual(nodes))
                return;
        }

        Change(record =>
        {
            record.Reach.Clear();
            record.Reach.AddRange(nodes);
        });
    }

    internal NodeRecord Record()
    {
        lock (_gate)
            return _record.Clone();
    }

    internal NodeRecord Measure()
    {
        lock (_gate)
        {
            var (cpu, at) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            var passed = Stopwatch.GetElapsedTime(_at, at);
            if (passed > TimeSpan.FromMilliseconds(200) || _record.Load is null)
            {
                var (items, queue) = _load();
                _record.Load = new NodeLoad
                {
                    CpuPercent = (uint)Math.Max(0, (cpu - _cpu) / passed * 100),
                    Items = (uint)items,
                    Queue = (uint)queue,
                };
                (_cpu, _at) = (cpu, at);
            }

            return _record.Clone();
        }
    }

    internal void Take(NodeAddress address)
    {
        lock (_gate)
        {
            _record.Address = address.Value;
            if (_record.Name.Length == 0)
                _record.Name = $"{Kind}-{address.Number}";
        }
    }

    private static string ProgramVersion() =>
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0";

    private void Change(Action<NodeRecord> change)
    {
        lock (_gate)
            change(_record);
        Changed();
    }
}
