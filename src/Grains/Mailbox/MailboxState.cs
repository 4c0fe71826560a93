namespace GameBackend.Grains.Mailbox;

/// <summary>
/// Where live delivery goes. Kept, so that pushes flow again at once when the grain moves to another silo.
/// </summary>
[GenerateSerializer, Alias("gb.MailboxState")]
public sealed class MailboxState
{
    [Id(0)] public ulong Epoch { get; set; }

    /// <summary>The lane of the attached gateway; null if there is none.</summary>
    [Id(1)] public string? Lane { get; set; }
}
