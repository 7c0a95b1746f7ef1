namespace Connectivity.Api.Lifetime;

/// <summary>The host can't start. The message is written for the operator.</summary>
public sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
