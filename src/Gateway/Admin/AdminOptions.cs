using System.ComponentModel.DataAnnotations;

namespace GameBackend.Gateway.Admin;

/// <summary>The operators' port (configuration section <c>Admin</c>): readiness, metrics, and acts with a key.</summary>
public sealed class AdminOptions
{
    public const string Section = "Admin";

    /// <summary>
    /// Turns <c>/v1/admin/…</c> on, for who sends it as <c>X-Admin-Key</c>; at least 16 characters.
    /// </summary>
    [MinLength(16)] public string? Key { get; set; }

    /// <summary>A port of its own, on loopback unless <see cref="ListenAny"/>; 0 for the gateway's HTTP port.</summary>
    [Range(0, 65535)] public int Port { get; set; } = 7760;

    /// <summary>Listens on every address of the machine.</summary>
    public bool ListenAny { get; set; }

    internal bool IsOn => !string.IsNullOrEmpty(Key);
}
