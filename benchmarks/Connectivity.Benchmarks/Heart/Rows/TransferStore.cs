using Connectivity.Access;
using Connectivity.Api.Export;
using Connectivity.Api.Import;
using Connectivity.Domain;
using Connectivity.Projections;
using Connectivity.Projections.Database;
using Connectivity.Projections.History;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Lifecycle;
using Connectivity.Projections.Registry;
using Marten;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>What the commands <c>export</c> and <c>import</c> use, in this process.</summary>
internal sealed class TransferStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly DocumentStore _store;
    private readonly HistoryLog _log;

    public TransferStore(string connectionString)
    {
        _dataSource = ConnectivityDataSource.Create(connectionString);
        _store = DocumentStore.For(options =>
        {
            options.Connection(_dataSource);
            ConnectivityStore.Configure(options, AccessStore.Contents);
        });
        _log = new HistoryLog(_store, connectionString, new WriteAvailability(_dataSource));
        Indexing = new IndexingStore(_dataSource, AccessStore.Contents);
        Export = new EventExport(new StreamExport(_dataSource, Indexing));
        Import = new EventImport(_log, new ThingRegistration(_dataSource));
    }

    public IndexingStore Indexing { get; }

    public EventExport Export { get; }

    public EventImport Import { get; }

    public async Task<Generation> GenerationAsync(Account account) =>
        (await Indexing.CurrentGenerationAsync(account, CancellationToken.None))!;

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        await _store.DisposeAsync();
        await _dataSource.DisposeAsync();
    }
}
