using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GameBackend.Gateway.Accounts;

/// <summary>The secret by which a device logs in: who knows it is the player.</summary>
internal static class DeviceSecret
{
    private const int MinLength = 16;
    private const int MaxLength = 128;
    private const int MadeBytes = 32;

    // Sixteen random hexadecimal digits fall below one of these once in ten thousand times.
    private const int MinCharacters = 6;
    private const int MinPairs = 10;
    private const int MinSteps = 6;

    /// <summary>A new one, of 256 random bits.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(MadeBytes));

    public static bool IsWellFormed(string secret) =>
        secret.Length is >= MinLength and <= MaxLength && !secret.Any(char.IsControl);

    /// <summary>
    /// Whether it can have been drawn at random: it has enough different characters, pairs of neighbours, and steps
    /// from one to the next. Repeated, counted and constant texts have not. It cannot be told of others whether a
    /// client has drawn them or made them from something that can be guessed.
    /// </summary>
    public static bool IsStrong(string secret)
    {
        var neighbours = secret.Zip(secret.Skip(1)).ToArray();
        return secret.Distinct().Count() >= MinCharacters
            && neighbours.Distinct().Count() >= MinPairs
            && neighbours.Select(pair => pair.Second - pair.First).Distinct().Count() >= MinSteps;
    }

    /// <summary>What is kept of it: keys of grains, storage and logs never get the secret itself.</summary>
    public static string Hash(string secret) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
