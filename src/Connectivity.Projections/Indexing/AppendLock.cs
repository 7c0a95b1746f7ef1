using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// Held, shared, by every transaction that appends events, from before it draws their numbers to its end. Nothing takes
/// it exclusively: it only shows who may still commit a number that was drawn. A lock of its own, because the deletion
/// of a thing holds the generation as well, for longer, and draws no number.
/// </summary>
public static class AppendLock
{
    /// <summary>
    /// Takes the lock of the generation, shared, and then this one. Its result is null where the generation is held
    /// exclusively.
    /// </summary>
    /// <param name="waits">Waits for the generation.</param>
    public static NpgsqlBatchCommand Take(Account account, bool waits) => new NpgsqlBatchCommand(
        $"""
        select case when {(waits
            ? "pg_advisory_xact_lock_shared(hashtextextended($1, 0))::text is not null"
            : "pg_try_advisory_xact_lock_shared(hashtextextended($1, 0))")}
            then pg_advisory_xact_lock_shared(hashtextextended($2, 0))::text end
        """).With(GenerationLock.Key(account), Key(account));

    internal static string Key(Account account) => $"connectivity append {account}";
}
