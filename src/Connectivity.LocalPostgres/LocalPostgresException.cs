namespace Connectivity.LocalPostgres;

/// <summary>The private PostgreSQL cannot be used. The message is for the user: the problem and its solution.</summary>
public sealed class LocalPostgresException(string message) : Exception(message);
