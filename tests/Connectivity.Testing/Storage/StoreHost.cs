using Connectivity.Domain;
using Connectivity.Domain.Indexing;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections;
using Connectivity.Projections.Changes;
using Connectivity.Projections.Database;
using Connectivity.Projections.History;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Lifecycle;
using Connectivity.Projections.Lifecycle.Rebuild;
using Connectivity.Projections.Registry;
using Marten;
using Npgsql;

namespace Connectivity.Testing.Storage;

/// <summary>
/// The storage of one host: a pool and a Marten store of its own, over a database that it may share with other hosts.
/// </summary>
public sealed class StoreHost : IAsyncDisposable
{
    private readonly string _connectionString;

    private readonly StoreContents _contents;

    public StoreHost(string connectionString, StoreContents? contents = null)
    {
        _connectionString = connectionString;
        _contents = contents ??= ConnectivityStore.Contents;
        DataSource = ConnectivityDataSource.Create(connectionString);
        Store = DocumentStore.For(options =>
        {
            options.Connection(DataSource);
            ConnectivityStore.Configure(options, contents);
        });
        Registry = new ThingRegistry(DataSource, contents);
        Indexing = new IndexingStore(DataSource, contents);
        Purge = new GenerationPurge(DataSource, contents);
        var writes = new WriteAvailability(DataSource);
        Log = new LifecycleLog(Store, connectionString, writes);
        Query = new ConnectivityQuery(connectionString, writes);
        Rebuild = new ProjectionRebuild(Store, DataSource, Indexing);
        History = new EventHistory(DataSource, Indexing);
        Sessions = new SessionHistory(DataSource, Indexing);
        Past = new PastConnectivity(DataSource, Indexing);
        Changes = new ChangeFeed(DataSource, Feed);
        Log.Appended += Changes.Wake;
    }

    public NpgsqlDataSource DataSource { get; }
    public DocumentStore Store { get; }
    public ThingRegistry Registry { get; }
    public IndexingStore Indexing { get; }
    public GenerationPurge Purge { get; }
    public LifecycleLog Log { get; }
    public ConnectivityQuery Query { get; }
    public ProjectionRebuild Rebuild { get; }
    public EventHistory History { get; }
    public SessionHistory Sessions { get; }
    public PastConnectivity Past { get; }
    public ChangeFeed Changes { get; }

    /// <summary>What the change feed reported.</summary>
    public FeedReports Feed { get; } = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>As a host does when it starts.</summary>
    public Task BringSchemaUpToDateAsync() =>
        ConnectivityStore.BringSchemaUpToDateAsync(_connectionString, _contents, Cancelled);

    public async Task<Generation> TurnOnAsync(Account account)
    {
        (await UpdateIndexingAsync(account, Configurations.On)).ShouldBe(new IndexingChange(null, null));
        return (await Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldNotBeNull();
    }

    /// <summary>Returns the generation that ended; its removal is left to the caller.</summary>
    public async Task<Generation> TurnOffAsync(Account account) =>
        (await UpdateIndexingAsync(account, ThingIndexing.Off)).Ended.ShouldNotBeNull();

    public async Task<IndexingChange> UpdateIndexingAsync(Account account, ThingIndexing thing)
    {
        await using var session = Store.LightweightSession();
        var change = await Indexing.UpdateAsync(session, account, thing, null, Cancelled);
        await session.SaveChangesAsync(Cancelled);
        return change;
    }

    public Task<Thing> CreateAsync(Account account, string name) =>
        Registry.CreateAsync(account, name, ThingAttributes.None, Cancelled);

    public async Task DeleteAsync(Account account, string name) =>
        (await Registry.DeleteAsync(account, name, null, Cancelled)).ShouldBe(ThingChange.Done);

    public Task<IReadOnlyList<Outcome>> AppendAsync(Account account, params LifecycleEvent[] events) =>
        AppendAsync(account, events.Select(e => new SubmittedEvent(e, Backdating.Disallowed)));

    public Task<IReadOnlyList<Outcome>> ImportAsync(Account account, params LifecycleEvent[] events) =>
        AppendAsync(account, events.Select(e => new SubmittedEvent(e, Backdating.Allowed)));

    /// <summary>As the gateway node reports the events of its own sessions.</summary>
    public Task<IReadOnlyList<Outcome>> ReportAsync(
        Account account, string nodeId, params IEnumerable<LifecycleEvent> events) =>
        AppendAsync(account, events.Select(e => new SubmittedEvent(e, Backdating.Disallowed, NodeId: nodeId)));

    private async Task<IReadOnlyList<Outcome>> AppendAsync(Account account, IEnumerable<SubmittedEvent> events) =>
        (await Log.AppendAsync(account, [.. events], waitsForLocks: true, Cancelled)).All();

    public Task<ThingConnectivity> AskAsync(Account account, string name) => Query.GetAsync(account, name, Cancelled);

    public async Task<DateTimeOffset> NowAsync()
    {
        // Whole milliseconds, as the times of events are.
        var now = await ScalarAsync<DateTime>("select clock_timestamp()");
        return new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return (T)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    public async Task<int> ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(Cancelled);
    }

    /// <summary>The first column of each row.</summary>
    public async Task<List<T>> ColumnAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancelled)) rows.Add(reader.GetFieldValue<T>(0));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await Query.DisposeAsync();
        await Store.DisposeAsync();
        await DataSource.DisposeAsync();
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = DataSource.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
