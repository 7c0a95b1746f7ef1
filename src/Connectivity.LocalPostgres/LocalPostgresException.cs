namespace Connectivity.LocalPostgres;

/// <summary>The private PostgreSQL cannot be used. The message is for the user: what is wrong, and the way out.</summary>
public sealed class LocalPostgresException(string message) : Exception(message);
