namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A name that only one owner in the cluster may bear. Keyed by kind and case-folded name, such as <c>player/alice</c>.
/// </summary>
[Alias("gb.Name")]
public interface INameGrain : IGrainWithStringKey
{
    /// <summary>Takes the name for an owner. True as well if the owner has it already.</summary>
    [Alias("Take")]
    Task<bool> Take(long owner);

    /// <summary>Gives the name back, if <paramref name="owner"/> has it.</summary>
    [Alias("Release")]
    Task Release(long owner);

    /// <summary>Who bears the name, or null.</summary>
    [Alias("Owner")]
    Task<long?> Owner();
}
