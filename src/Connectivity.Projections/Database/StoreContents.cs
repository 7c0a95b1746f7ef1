using Connectivity.Domain;
using Npgsql;
using Weasel.Core;

namespace Connectivity.Projections.Database;

/// <summary>
/// A table whose rows belong to a generation, and in it to a thing. It has one partition for each generation.
/// </summary>
/// <param name="Name">With its schema.</param>
/// <param name="ThingIdColumn">
/// The column that contains the <c>thingId</c>; null where the rows belong to no single thing: what a thing added to them
/// is taken back by <see cref="StoreContents.TakeBackOfThing"/>.
/// </param>
/// <param name="ThingIdType">The type of that column.</param>
public sealed record GenerationTable(string Name, string? ThingIdColumn, string ThingIdType = "text");

/// <summary>
/// The commands that take back what a thing added to rows that it shares with others, for the transaction that deletes it.
/// The stream of the thing is still there.
/// </summary>
public delegate Task<IEnumerable<NpgsqlBatchCommand>> TakeBack(
    NpgsqlConnection connection, Account account, string thingId, CancellationToken cancellationToken);

/// <summary>
/// The one list of what is stored. The schema, the partitions of a generation, its purge and the deletion of a thing
/// read it, so that none of them can miss a table.
/// </summary>
public sealed record StoreContents
{
    /// <summary>Tables and sequences that Marten does not define itself.</summary>
    public IReadOnlyList<ISchemaObject> SchemaObjects { get; init; } = [];

    /// <summary>In the order in which their partitions are created and dropped.</summary>
    public IReadOnlyList<GenerationTable> GenerationTables { get; init; } = [];

    /// <summary>
    /// What is deleted with a generation beside its partitions: from its tenant's id, the command.
    /// </summary>
    public IReadOnlyList<Func<string, NpgsqlBatchCommand>> EndWithGeneration { get; init; } = [];

    /// <summary>
    /// What is deleted with a thing outside its generation: from its <c>thingId</c> and its name, the commands for the
    /// transaction that deletes it.
    /// </summary>
    public IReadOnlyList<Func<string, string, IEnumerable<NpgsqlBatchCommand>>> EndWithThing { get; init; } = [];

    /// <summary>What is taken back when a thing is deleted.</summary>
    public IReadOnlyList<TakeBack> TakeBackOfThing { get; init; } = [];

    /// <summary>
    /// What is done when the attributes of a thing change: from its <c>thingId</c> and its name, the commands for the
    /// transaction that changes them.
    /// </summary>
    public IReadOnlyList<Func<string, string, IEnumerable<NpgsqlBatchCommand>>> ChangeWithThing { get; init; } = [];
}
