using System.Globalization;
using Connectivity.Domain;

namespace Connectivity.Projections.Indexing;

/// <summary>One period of connectivity indexing being on, in an account; Marten's tenant.</summary>
/// <param name="Number">Never used twice in a database.</param>
/// <param name="TenantId">
/// Marten's tenant id. It is in each event and in three of its index entries, and so no longer than it must be: the
/// number. Generations of earlier releases keep theirs; null in a message that one of them wrote.
/// </param>
public sealed record Generation(Account Account, long Number, string? TenantId)
{
    public string TenantId { get; } = TenantId ?? $"{Account.Id}.{Account.Region}.{Number}";

    /// <summary>The suffix of the names of this generation's partitions.</summary>
    public string PartitionSuffix => $"g{Number}";

    /// <summary>A new generation.</summary>
    public static Generation Begin(Account account, long number) =>
        new(account, number, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The SQL name of this generation's partition of a table, or of its sequence. A statement that names it is planned
    /// for it alone, and locks no other generation's.
    /// </summary>
    public string Partition(string name) => $"{name}_{PartitionSuffix}";

    /// <summary>
    /// SQL for the tenant id that earlier releases gave the generation of a row of <see cref="IndexingTable"/>.
    /// </summary>
    internal static string FormerTenantIdSql(string row) =>
        $"({row}.account || '.' || {row}.region || '.' || {row}.generation)";
}
