using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Hosting;
using Connectivity.Benchmarks.Heart.Load;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>What the rows of a run share.</summary>
public sealed class HeartContext(HeartOptions options, HeartServer server)
{
    private int _measurements;

    public HeartOptions Options => options;

    public HeartServer Server => server;

    /// <summary>Copies a data set and starts a host on the copy.</summary>
    /// <param name="settings">Of the host, beside those of every benchmark.</param>
    public async Task<HeartStage> OpenAsync(int things, int accounts = 1, int events = 1, params string[] settings)
    {
        var data = await DataSet.EnsureAsync(server, things, accounts, events);
        var database = $"run_{_measurements++}";
        await server.CreateAsync(database, data.Database);
        await Sql.ExecuteAsync(server.ConnectionString(database), "checkpoint");
        var stage = new HeartStage(server, data, database);
        await stage.AddHostAsync(settings);
        return stage;
    }
}

/// <summary>A copy of a data set with one or more hosts on it; removed afterwards.</summary>
public sealed class HeartStage(HeartServer server, DataSet data, string database) : IAsyncDisposable
{
    private readonly List<HostProcess> _hosts = [];

    public IReadOnlyList<HostProcess> Hosts => _hosts;

    public HostProcess Host => _hosts[0];

    public Fleet Fleet { get; } = new(data.Things, data.Accounts);

    public IReadOnlyList<AccountKey> Keys => data.Keys;

    public string ConnectionString => server.ConnectionString(database);

    public HeartServer Server => server;

    public async Task<HostProcess> AddHostAsync(params string[] settings)
    {
        var host = await HostProcess.StartAsync(
            server.HostConnectionString(database), DataSet.DirectoryOf(server, data.Database), settings);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Senders of events of random things, with a connection each.</summary>
    public Operation[] EventSenders(int senders, int batch) =>
    [
        .. Enumerable.Range(0, senders)
            .Select<int, Operation>(seed => new EventSender(Host.Address, Keys, Fleet, batch, seed).SendAsync),
    ];

    /// <summary>Senders of queries of random things, with a connection each.</summary>
    public Operation[] QuerySenders(int senders) =>
        Senders(QueryPool.OfQueries(Host.Address, Keys, Fleet), senders);

    /// <summary>The floor of queries: the same requests, answered with a constant.</summary>
    public Operation[] ConstantSenders(int senders) =>
        Senders(QueryPool.OfConstants(Host.Address, Keys, Fleet), senders);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        await server.DropAsync(database);
    }

    private Operation[] Senders(QueryPool pool, int senders) =>
        [.. Enumerable.Range(0, senders).Select(seed => pool.Sender(Host.Address, seed))];
}
