namespace GameBackend.Benchmarks;

/// <summary>How long a note takes from its sender's client to its receiver's, in a cluster.</summary>
internal static class MailboxBenchmark
{
    public static Task<int> Run(Arguments args) => throw new NotSupportedException();
}
