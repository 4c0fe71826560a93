using System.Diagnostics.CodeAnalysis;

namespace GameBackend.Gateway.Accounts;

/// <summary>The verifiers by provider.</summary>
internal sealed class ExternalIdentities
{
    private const int MaxSubjectLength = 128;

    private readonly Dictionary<string, IExternalIdentityVerifier> _verifiers = [];

    public ExternalIdentities(IEnumerable<IExternalIdentityVerifier> verifiers)
    {
        foreach (var verifier in verifiers)
        {
            if (!IsProvider(verifier.Provider))
                throw new InvalidOperationException(
                    $"'{verifier.Provider}' is no provider name: 1 to 32 of a-z, 0-9 and -.");
            if (!_verifiers.TryAdd(verifier.Provider, verifier))
                throw new InvalidOperationException($"Two verifiers want the provider '{verifier.Provider}'.");
        }
    }

    public bool TryFind(string provider, [MaybeNullWhen(false)] out IExternalIdentityVerifier verifier) =>
        _verifiers.TryGetValue(provider, out verifier);

    public static bool IsProvider(string name) =>
        name.Length is >= 1 and <= 32
        && name.All(each => char.IsAsciiLetterLower(each) || char.IsAsciiDigit(each) || each == '-');

    /// <summary>Whether a verifier's answer can be stored under.</summary>
    public static bool IsSubject([NotNullWhen(true)] string? subject) =>
        subject is { Length: >= 1 and <= MaxSubjectLength } && !subject.Any(char.IsControl);
}
