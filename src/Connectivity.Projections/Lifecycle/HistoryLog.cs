using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Marten;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// Stores imported histories: the transactions of <see cref="LifecycleLog"/>, on connections of their own and with the
/// batches of the caller, who keeps the events of a thing in order.
/// </summary>
public sealed class HistoryLog : IAsyncDisposable
{
    /// <summary>Callers at a time.</summary>
    public const int Connections = 2;

    private readonly NpgsqlDataSource _dataSource;
    private readonly SharedCommit _commit;

    /// <param name="connectionString">Contains a secret; must not be logged.</param>
    public HistoryLog(IDocumentStore store, string connectionString, WriteAvailability writes)
    {
        _dataSource = ConnectivityDataSource.CreateForIngest(connectionString, Connections);
        _commit = new SharedCommit(new IngestTransaction(store, _dataSource, onAppended: _ => { }), writes);
    }

    /// <summary>
    /// Decides on each event, and stores those that are to be stored with their records, in one transaction. It waits
    /// for its locks. Repeating it at any time is safe.
    /// </summary>
    /// <returns>One outcome for each event, in order.</returns>
    public async Task<IReadOnlyList<Outcome>> AppendAsync(Account account, IReadOnlyList<SubmittedEvent> events)
    {
        var outcomes = await _commit.StoreAsync(account, events, waits: true)
            ?? throw new DatabaseBusyException();
        return Array.ConvertAll(outcomes, outcome => outcome ?? throw new DatabaseBusyException());
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();
}
