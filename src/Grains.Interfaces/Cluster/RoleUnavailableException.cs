namespace GameBackend.Grains.Interfaces;

/// <summary>No silo of the cluster carries the role that a grain needs, so that it cannot be anywhere.</summary>
[GenerateSerializer, Alias("gb.RoleUnavailable")]
public sealed class RoleUnavailableException : Exception
{
    public RoleUnavailableException() { }

    public RoleUnavailableException(string role)
        : base($"No silo carries the role '{role}'. Start one whose Silo:Roles have it.") { }
}
