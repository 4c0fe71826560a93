using Orleans.CodeGeneration;

namespace GameBackend.Grains.Interfaces;

/// <summary>
/// What the next version adds. Calls of it go only to silos that have it; calls of the older version go to both.
/// </summary>
[Version(1)]
public partial interface IPlayerProfile
{
    [Alias("Greet")]
    Task<string> Greet(string greeting);
}
