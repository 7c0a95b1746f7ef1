namespace Connectivity.Access.Policies;

/// <summary>
/// The caller's policies do not allow the request; each API surface returns it in its own error form.
/// </summary>
public sealed class AccessDeniedException(string message) : Exception(message);
