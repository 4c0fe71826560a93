namespace GameBackend.Grains.Tests;

public static class WaitForGrains
{
    extension(Wait)
    {
        /// <summary>
        /// Makes a call until it comes to a clear end, as a gateway does while a silo or the storage is away.
        /// </summary>
        public static Task<T> UntilClear<T>(Func<Task<T>> call, double seconds = 20) =>
            Wait.UntilClear(call, Wait.IsUnclear, seconds);

        public static bool IsUnclear(Exception e) =>
            e is TimeoutException or Interfaces.OutcomeUnknownException or OrleansException;
    }
}
