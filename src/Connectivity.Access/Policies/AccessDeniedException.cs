namespace Connectivity.Access.Policies;

/// <summary>The caller's policies do not allow what it asks for; each surface tells it in its own form.</summary>
public sealed class AccessDeniedException(string message) : Exception(message);
