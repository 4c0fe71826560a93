#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>Lets the compiler emit init-only properties where the framework lacks this type.</summary>
internal static class IsExternalInit;
#endif
