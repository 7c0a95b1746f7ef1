using System.Collections.Concurrent;
using Connectivity.Domain;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Tests.Indexing;

public sealed class IndexedPeriodStartedTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private readonly Account _account = SharedDatabase.NewAccount();

    [Fact]
    public async Task Every_host_is_notified_of_a_created_thing_and_of_indexing_turned_on()
    {
        await using var listener = await Listener.StartAsync(database.OtherHost);

        await database.Host.CreateAsync(_account, "lamp");
        await database.Host.TurnOnAsync(_account);

        await listener.ShouldReceiveAsync(new IndexedPeriodStarted(_account, "lamp"));
        await listener.ShouldReceiveAsync(new IndexedPeriodStarted(_account, null));
    }

    [Fact]
    public async Task A_notification_arrives_after_the_created_thing_can_be_read()
    {
        await using var listener = await Listener.StartAsync(database.OtherHost);
        await database.Host.CreateAsync(_account, "lamp");
        await listener.ShouldReceiveAsync(new IndexedPeriodStarted(_account, "lamp"));

        (await database.OtherHost.Registry.FindAsync(_account, "lamp", TestContext.Current.CancellationToken))
            .ShouldNotBeNull();
    }

    [Fact]
    public async Task Changes_that_start_no_indexed_period_send_no_notification()
    {
        await database.Host.CreateAsync(_account, "lamp");
        await database.Host.TurnOnAsync(_account);
        await using var listener = await Listener.StartAsync(database.Host);

        await database.Host.CreateAsync(_account, "lamp");
        await database.Host.UpdateIndexingAsync(_account, Configurations.OnWithSocketInformation);
        await database.Host.TurnOffAsync(_account);
        await database.Host.DeleteAsync(_account, "lamp");
        await database.Host.CreateAsync(_account, "last");

        await listener.ShouldReceiveAsync(new IndexedPeriodStarted(_account, "last"));
        listener.Received.Where(period => period.Account == _account)
            .ShouldBe([new IndexedPeriodStarted(_account, "last")]);
    }

    [Fact]
    public async Task A_listener_that_reconnects_receives_notifications_again()
    {
        // A database of its own: the last statement of other tests' pooled connections may be LISTEN, too.
        await using var own = new SharedDatabase();
        await own.InitializeAsync();
        await using var listener = await Listener.StartAsync(own.OtherHost);

        await own.Host.ExecuteAsync(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and query like 'listen %'
            """);
        await Eventually.Is(() => listener.Starts == 2, because: "it listens again");
        await own.Host.CreateAsync(_account, "lamp");

        await listener.ShouldReceiveAsync(new IndexedPeriodStarted(_account, "lamp"));
    }

    [Fact]
    public async Task A_notification_can_contain_the_longest_name()
    {
        await using var listener = await Listener.StartAsync(database.OtherHost);
        var name = new string('n', 128);

        await database.Host.CreateAsync(_account, name);

        await listener.ShouldReceiveAsync(new IndexedPeriodStarted(_account, name));
    }

    /// <summary>Listens as a host does: again whenever it was interrupted.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private int _starts;
        private Task _listening = Task.CompletedTask;

        public ConcurrentQueue<IndexedPeriodStarted> Received { get; } = [];

        public int Starts => Volatile.Read(ref _starts);

        public static async Task<Listener> StartAsync(StoreHost host)
        {
            var listener = new Listener();
            listener._listening = Task.Run(() => listener.ListenAsync(host));
            await Eventually.Is(() => listener.Starts == 1, because: "it listens");
            return listener;
        }

        public Task ShouldReceiveAsync(IndexedPeriodStarted period) =>
            Eventually.Is(() => Received.Contains(period), because: $"{period} is received");

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _listening;
            _stop.Dispose();
        }

        private async Task ListenAsync(StoreHost host)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    var periods = IndexedPeriodStarted.Channel.ListenAsync(host.DataSource, OnListening, _stop.Token);
                    await foreach (var period in periods) Received.Enqueue(period);
                }
                catch (Exception interruption) when (interruption is NpgsqlException or OperationCanceledException)
                {
                }
            }
        }

        private Task OnListening()
        {
            Interlocked.Increment(ref _starts);
            return Task.CompletedTask;
        }
    }
}
