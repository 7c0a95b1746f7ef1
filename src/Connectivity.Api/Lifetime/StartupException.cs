namespace Connectivity.Api.Lifetime;

/// <summary>Why the host can't start, in words for the one who started it.</summary>
public sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
