using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GameBackend.Grains;

/// <summary>
/// Slows guessing down without shutting the owner out. Wrong passwords in a row lock the name for the client that sent
/// them. Those of clients that the name does not know add up, and lock it, later, for all clients that it does not
/// know. A name knows the addresses and devices from which a right password has come.
/// </summary>
public static class LoginThrottle
{
    private const int MaxClients = 32;
    private const int MaxKnown = 16;
    private const int MarkBytes = 12;
    private static readonly TimeSpan StrangersForgotten = TimeSpan.FromDays(1);

    /// <summary>How long this client has to wait; not positive if it may try.</summary>
    public static TimeSpan Wait(CredentialState state, LoginClient client, DateTimeOffset now)
    {
        var until = Find(state, Counted(state, client))?.LockedUntil ?? default;
        return (IsKnown(state, client) || until > state.LockedUntil ? until : state.LockedUntil) - now;
    }

    /// <summary>The state after a wrong password.</summary>
    public static CredentialState Failed(
        CredentialState state, LoginClient client, DateTimeOffset now, AccountGrainOptions limits)
    {
        var counted = Counted(state, client);
        var failures = (Find(state, counted)?.Failures ?? 0) + 1;
        var failed = new FailedClient(counted, failures, LockedUntil(failures, limits.MaxFailures, now, limits));
        var next = state with { Clients = [failed, .. Without(state, counted).Take(MaxClients - 1)] };
        if (IsKnown(state, client))
            return next;
        var strangers = now - state.FailedAt > StrangersForgotten ? 1 : state.Failures + 1;
        return next with
        {
            Failures = strangers,
            FailedAt = now,
            LockedUntil = LockedUntil(strangers, limits.MaxNameFailures, now, limits),
        };
    }

    /// <summary>The state after a right password: the same one if there is nothing to note down.</summary>
    public static CredentialState Succeeded(CredentialState state, LoginClient client)
    {
        var counted = Counted(state, client);
        var next = state;
        if (Find(state, counted) is not null)
            next = next with { Clients = [.. Without(state, counted)] };
        if (state.Failures > 0 && !IsKnown(state, client))
            next = next with { Failures = 0, LockedUntil = default };
        var marks = Marks(client);
        return marks.All(each => state.Known.Contains(each))
            ? next
            : next with { Known = [.. marks, .. state.Known.Except(marks).Take(MaxKnown - marks.Length)] };
    }

    private static bool IsKnown(CredentialState state, LoginClient client) => Marks(client).Any(state.Known.Contains);

    // A known device is counted by itself: others who share its address cannot lock it out.
    private static string Counted(CredentialState state, LoginClient client)
    {
        var marks = Marks(client);
        return Array.Find(marks[1..], state.Known.Contains) ?? marks[0];
    }

    private static FailedClient? Find(CredentialState state, string mark) =>
        Array.Find(state.Clients, each => each.Client == mark);

    private static IEnumerable<FailedClient> Without(CredentialState state, string mark) =>
        state.Clients.Where(each => each.Client != mark);

    private static DateTimeOffset LockedUntil(
        int failures, int allowed, DateTimeOffset now, AccountGrainOptions limits)
    {
        if (failures < allowed)
            return default;
        var seconds = limits.FirstLock.TotalSeconds * Math.Pow(2, Math.Min(failures - allowed, 30));
        return now + TimeSpan.FromSeconds(Math.Min(seconds, limits.MaxLock.TotalSeconds));
    }

    /// <summary>What stands for the client in storage: its address first, then its device if it has one.</summary>
    private static string[] Marks(LoginClient client) => string.IsNullOrEmpty(client.Device)
        ? [Mark("address", client.Address)]
        : [Mark("address", client.Address), Mark("device", client.Device)];

    private static string Mark(string kind, string? text) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{text}")).AsSpan(0, MarkBytes));
}
