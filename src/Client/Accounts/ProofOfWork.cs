using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GameBackend.Client.Accounts;

/// <summary>Solves the challenges of a server that asks for work before it makes an account.</summary>
public static class ProofOfWork
{
    private const int MaxBits = 40;

    /// <summary>
    /// A number behind the challenge such that the SHA-256 of the whole begins with as many zero bits as it says.
    /// </summary>
    /// <exception cref="NotSupportedException">It is a challenge of another kind.</exception>
    public static string Solve(string challenge, CancellationToken cancellation)
    {
        if (challenge.Split('.') is not ["pow1", var text, _, _]
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > MaxBits)
            throw new NotSupportedException($"'{challenge}' is no challenge that this client can solve.");
        for (long number = 0; ; number++)
        {
            if (number % 1024 == 0)
                cancellation.ThrowIfCancellationRequested();
            var proof = challenge + "." + number.ToString(CultureInfo.InvariantCulture);
            if (HasZeroBits(Hash(Encoding.UTF8.GetBytes(proof)), bits))
                return proof;
        }
    }

    private static byte[] Hash(byte[] bytes)
    {
#if NET
        return SHA256.HashData(bytes);
#else
        using var sha = SHA256.Create();
        return sha.ComputeHash(bytes);
#endif
    }

    private static bool HasZeroBits(byte[] hash, int bits)
    {
        for (var bit = 0; bit < bits; bit++)
        {
            if ((hash[bit / 8] & (0x80 >> (bit % 8))) != 0)
                return false;
        }

        return true;
    }
}
