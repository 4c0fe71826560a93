using Orleans.Metadata;
using Orleans.Placement;

namespace GameBackend.Grains.Cluster;

/// <summary>
/// Places a grain only on silos that carry a role, and on those that are being drained only if there is no other.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RoleAttribute(string role) : PlacementFilterAttribute(new RolePlacement(role))
{
    public string Role => role;
}

/// <summary>The role a grain's silo must carry. Travels with the grain's type.</summary>
public sealed class RolePlacement(string role) : PlacementFilterStrategy(order: 0)
{
    private const string Property = "role";

    public RolePlacement() : this("")
    {
    }

    public string Role { get; private set; } = role;

    public override void AdditionalInitialize(GrainProperties properties) =>
        Role = GetPlacementFilterGrainProperty(Property, properties) ?? "";

    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType,
        IReadOnlyDictionary<string, string> existingProperties) => [new(Property, Role)];
}
