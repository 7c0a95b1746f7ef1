using Connectivity.Domain;

namespace Connectivity.Projections.Indexing;

/// <summary>One period of connectivity indexing being on, in an account; Marten's tenant.</summary>
/// <param name="Number">Never used twice in a database.</param>
public sealed record Generation(Account Account, long Number)
{
    public string TenantId => $"{Account.Id}.{Account.Region}.{Number}";

    /// <summary>The suffix of the names of this generation's partitions.</summary>
    public string PartitionSuffix => $"g{Number}";

    /// <summary>
    /// The SQL name of this generation's partition of a table, or of its sequence. A statement that names it is planned
    /// for it alone, and locks no other generation's.
    /// </summary>
    public string Partition(string name) => $"{name}_{PartitionSuffix}";

    /// <summary>
    /// SQL for <see cref="TenantId"/> from a row of <see cref="IndexingTable"/>; null while indexing is off.
    /// </summary>
    internal static string TenantIdSql(string row) =>
        $"({row}.account || '.' || {row}.region || '.' || {row}.generation)";
}
