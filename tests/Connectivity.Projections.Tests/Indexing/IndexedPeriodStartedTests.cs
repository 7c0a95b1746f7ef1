using System.Collections.Concurrent;
using Connectivity.Domain;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Tests.Indexing;

public sealed class IndexedPeriodStartedTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private readonly Account _account = SharedDatabase.NewAccount();

    [Fact]
    public async Task Every_host_hears_of_a_thing_that_is_created_and_of_indexing_that_is_turned_on()
    {
        await using var listener = await Listener.StartAsync(database.OtherHost);

        await database.Host.CreateAsync(_account, "lamp");
        await database.Host.TurnOnAsync(_account);

        await listener.ShouldHearAsync(new IndexedPeriodStarted(_account, "lamp"));
        await listener.ShouldHearAsync(new IndexedPeriodStarted(_account, null));
    }

    [Fact]
    public async Task A_life_that_is_heard_of_has_begun()
    {
        await using var listener = await Listener.StartAsync(database.OtherHost);
        await database.Host.CreateAsync(_account, "lamp");
        await listener.ShouldHearAsync(new IndexedPeriodStarted(_account, "lamp"));

        (await database.OtherHost.Registry.FindAsync(_account, "lamp", TestContext.Current.CancellationToken)).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_begins_no_life_is_not_heard_of()
    {
        await database.Host.CreateAsync(_account, "lamp");
        await database.Host.TurnOnAsync(_account);
        await using var listener = await Listener.StartAsync(database.Host);

        await database.Host.CreateAsync(_account, "lamp");
        await database.Host.UpdateIndexingAsync(_account, Configurations.OnWithSocketInformation);
        await database.Host.TurnOffAsync(_account);
        await database.Host.DeleteAsync(_account, "lamp");
        await database.Host.CreateAsync(_account, "last");

        await listener.ShouldHearAsync(new IndexedPeriodStarted(_account, "last"));
        listener.Heard.Where(life => life.Account == _account).ShouldBe([new IndexedPeriodStarted(_account, "last")]);
    }

    [Fact]
    public async Task A_listener_whose_connection_breaks_hears_again_when_it_listens_again()
    {
        // A database of its own: connections that other tests have given back to their pools last listened, too.
        await using var own = new SharedDatabase();
        await own.InitializeAsync();
        await using var listener = await Listener.StartAsync(own.OtherHost);

        await own.Host.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'");
        await Eventually.Is(() => listener.Beginnings == 2, because: "it listens again");
        await own.Host.CreateAsync(_account, "lamp");

        await listener.ShouldHearAsync(new IndexedPeriodStarted(_account, "lamp"));
    }

    [Fact]
    public async Task The_longest_name_can_be_told()
    {
        await using var listener = await Listener.StartAsync(database.OtherHost);
        var name = new string('n', 128);

        await database.Host.CreateAsync(_account, name);

        await listener.ShouldHearAsync(new IndexedPeriodStarted(_account, name));
    }

    /// <summary>Listens as a host does: again whenever it was interrupted.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private int _beginnings;
        private Task _listening = Task.CompletedTask;

        public ConcurrentQueue<IndexedPeriodStarted> Heard { get; } = [];

        public int Beginnings => Volatile.Read(ref _beginnings);

        public static async Task<Listener> StartAsync(StoreHost host)
        {
            var listener = new Listener();
            listener._listening = Task.Run(() => listener.ListenAsync(host));
            await Eventually.Is(() => listener.Beginnings == 1, because: "it listens");
            return listener;
        }

        public Task ShouldHearAsync(IndexedPeriodStarted life) => Eventually.Is(() => Heard.Contains(life), because: $"{life} is heard of");

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
                    await foreach (var life in IndexedPeriodStarted.Channel.ListenAsync(host.DataSource, Begin, _stop.Token)) Heard.Enqueue(life);
                }
                catch (Exception interruption) when (interruption is NpgsqlException or OperationCanceledException)
                {
                }
            }
        }

        private Task Begin()
        {
            Interlocked.Increment(ref _beginnings);
            return Task.CompletedTask;
        }
    }
}
