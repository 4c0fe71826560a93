namespace GameBackend.Game;

/// <summary>For how many players a team is: one side of the battles it is for, or some company.</summary>
public static class TeamModes
{
    /// <summary>The mode of a team that has not chosen one.</summary>
    public const string Free = "free";

    /// <summary>How many a team may have that is for no battle.</summary>
    public const int FreeSize = 10;

    /// <summary>How many a team of this mode may have; 0 if there is no such mode.</summary>
    public static int SizeOf(Catalogue catalogue, string mode) =>
        mode is "" or Free ? FreeSize
        : catalogue.Modes.TryGetValue(mode, out var definition) ? definition.Size
        : 0;
}
