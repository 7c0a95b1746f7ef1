using Connectivity.Domain;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// Held by a transaction, shared, from its decision on events or things to its commit; exclusively to turn indexing on
/// or off. So a decision made in a generation is committed in it. An advisory lock: every ingest takes it, and a row
/// lock would write each time.
/// </summary>
internal static class GenerationLock
{
    public const string SharedSql = "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))";
    public const string TrySharedSql = "select pg_try_advisory_xact_lock_shared(hashtextextended($1, 0))";
    public const string ExclusiveSql = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

    public static string Key(Account account) => $"connectivity generation {account}";
}
