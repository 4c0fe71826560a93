namespace GameBackend.Grains.Interfaces;

/// <summary>No silo of the cluster carries the role that a grain needs, so that it cannot be anywhere.</summary>
[GenerateSerializer, Alias("gb.RoleUnavailable")]
public sealed class RoleUnavailableException(string role)
    : Exception($"No silo carries the role '{role}'. Start one whose Silo:Roles have it.")
{
    [Id(0)]
    public string Role { get; } = role;
}
