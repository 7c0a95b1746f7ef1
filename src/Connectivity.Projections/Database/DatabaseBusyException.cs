namespace Connectivity.Projections.Database;

/// <summary>
/// More waits for the database than the host holds, or it waited too long for its turn or a lock. A retry is safe.
/// </summary>
public sealed class DatabaseBusyException() : Exception("The database is busy: a lock is held, or too much waits.");
