namespace Connectivity.Projections.Database;

/// <summary>More events wait than the host holds, or they waited too long for a lock. Repeating them is safe.</summary>
public sealed class LogBusyException() : Exception("The log is busy: a lock is held, or too many events wait.");
