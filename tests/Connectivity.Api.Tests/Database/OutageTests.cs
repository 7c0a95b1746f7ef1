using System.Diagnostics;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Gateway;
using Connectivity.Projections.Database;
using Connectivity.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Connectivity.Api.Tests.Database;

/// <summary>The database goes away, and comes back.</summary>
public sealed class OutageTests
{
    /// <summary>What one statement of a request may cost; a request that fails ends with the first that fails.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(DatabaseLimits.Command + DatabaseLimits.Connect + DatabaseLimits.Cancellation);

    [Fact]
    public async Task A_database_that_was_stopped_and_started_again()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await GoesAwayAndReturnsAsync(postgres.ConnectionString, postgres.StopAsync, postgres.ReturnAsync);
    }

    [Fact]
    public async Task A_database_that_was_killed_and_started_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        await using var postgres = await OwnPostgres.StartAsync();
        await GoesAwayAndReturnsAsync(postgres.ConnectionString, postgres.KillAsync, postgres.ReturnAsync);
    }

    [Fact]
    public async Task A_database_that_stood_still()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        await using var postgres = await OwnPostgres.StartAsync();
        await GoesAwayAndReturnsAsync(postgres.ConnectionString, postgres.StallAsync, postgres.ReturnAsync);
    }

    [Fact]
    public async Task A_database_that_stands_still_under_load_holds_up_nothing_else()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        const int Many = 60;
        await using var postgres = await OwnPostgres.StartAsync();
        await using var host = await ApiHost.StartAsync(postgres.ConnectionString);
        host.Log.ExpectComplaintsOfOthers();
        await host.TurnIndexingOnAsync();
        var name = await host.CreateThingAsync();
        var dataSource = host.Services.GetRequiredService<NpgsqlDataSource>();
        // As many connections in the pool.
        await Task.WhenAll(Enumerable.Range(0, Many).Select(async _ =>
        {
            await using var command = dataSource.CreateCommand("select pg_sleep(1)");
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }));

        await postgres.StallAsync();
        var asking = Task.WhenAll(Enumerable.Range(0, Many).Select(_ => ShouldBeUnavailableAsync(() => host.AskAsync(name))));
        var longest = TimeSpan.Zero;
        while (!asking.IsCompleted)
        {
            var asked = Stopwatch.StartNew();
            (await host.GetAsync("/health/live")).Status.ShouldBe(200);
            if (asked.Elapsed > longest) longest = asked.Elapsed;
        }

        await asking;
        TestContext.Current.SendDiagnosticMessage($"live at most after {longest.TotalMilliseconds:0} ms");
        longest.ShouldBeLessThan(Bound);
        await postgres.ReturnAsync();
        await Eventually.Is(async () => (await host.AskAsync(name)).Status == 200, because: "queries are answered");
    }

    [Fact]
    public async Task A_database_that_took_no_writes()
    {
        var database = await PostgresServer.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await GoesAwayAndReturnsAsync(database, () => SetAsync("on"), () => SetAsync("off"),
            // By its answers it can't be told from the end of its connections.
            (host, _) => Eventually.Is(() => host.Services.GetRequiredService<WriteAvailability>().IsRefused, because: "the host knows"));

        Task SetAsync(string value) => AdministerAsync(
            $"alter database {name} set default_transaction_read_only = {value}",
            $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    }

    [Fact]
    public async Task A_database_whose_disk_was_full()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        using var disk = SmallDisk.Mount();
        await GoesAwayAndReturnsAsync(
            await postgres.CreateDatabaseAsync(disk), disk.FillAsync, disk.EmptyAsync,
            // A page that is there already has room for some more.
            (host, thing) => Eventually.Is(async () => (await IngestAsync(host, thing)).Status == 503, because: "an event finds no room"),
            registryHasRoom: true);
    }

    [Fact]
    public async Task A_database_whose_connections_were_used_up()
    {
        var database = new NpgsqlConnectionStringBuilder(await PostgresServer.CreateDatabaseAsync(TestContext.Current.CancellationToken));
        var role = $"{database.Database}_host";
        await AdministerAsync($"create role {role} login password 'only here'", $"grant create on database {database.Database} to {role}");
        (database.Username, database.Password) = (role, "only here");
        await GoesAwayAndReturnsAsync(
            database.ConnectionString,
            () => AdministerAsync(
                $"alter role {role} connection limit 0", $"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'"),
            () => AdministerAsync($"alter role {role} connection limit -1"));
    }

    [Fact]
    public async Task A_request_that_waits_for_a_lock_too_long_is_told_so_and_does_nothing()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        host.Log.ExpectComplaintsOfOthers();
        var name = await host.CreateThingAsync();
        await using (var connection = await StoredData.OpenAsync(host.ConnectionString))
        await using (var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var hold = new NpgsqlCommand($"lock table {ConnectivitySchema.Events} in share mode", connection);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await ShouldBeUnavailableAsync(() => IngestAsync(host, name));
            (await host.AskAsync(name)).Status.ShouldBe(200);
        }

        (await host.EventsAsync(name)).ShouldBeEmpty();
        (await host.ReportAsync(Event.Connected(name))).Single().Outcome.ShouldBe("accepted");
    }

    /// <param name="notice">Where reading goes on: waits, with a thing of its own, until the host knows that writing does not.</param>
    /// <param name="registryHasRoom">A thing may find the room that an event does not.</param>
    private static async Task GoesAwayAndReturnsAsync(
        string connectionString, Func<Task> goAway, Func<Task> comeBack, Func<ApiHost, string, Task>? notice = null, bool registryHasRoom = false)
    {
        await using var host = await ApiHost.StartAsync(connectionString);
        host.Log.ExpectComplaintsOfOthers();
        await host.TurnIndexingOnAsync();
        var (goes, stays, other) = (await host.CreateThingAsync(), await host.CreateThingAsync(), await host.CreateThingAsync());
        var noticing = await host.CreateThingAsync();
        await using var going = await Device.ConnectAsync(host, goes);
        await using var staying = await Device.ConnectAsync(host, stays);
        await Eventually.Is(async () => await host.IsConnectedAsync(goes) && await host.IsConnectedAsync(stays), because: "both are stored");
        (await host.GetAsync("/health/ready")).Status.ShouldBe(200);
        var gateway = host.Services.GetRequiredService<MqttGateway>();

        await goAway();
        if (notice is not null) await notice(host, noticing);
        // All at once, as it is when it happens: and again, when the host knows.
        for (var round = 0; round < 2; round++)
            await Task.WhenAll(
                ShouldBeUnavailableAsync(() => host.AskAsync(stays)),
                ShouldBeUnavailableAsync(() => IngestAsync(host, other)),
                registryHasRoom ? Task.CompletedTask : ShouldBeUnavailableAsync(() => host.PostAsync("/things/another", "{}")));
        await Eventually.Is(async () => (await host.GetAsync("/health/ready")).Status == 503, because: "readiness tells it");
        (await host.GetAsync("/health/live")).Status.ShouldBe(200);

        await going.DisconnectAsync();
        await Eventually.Is(() => gateway is { SpilledBytes: > 0, QueuedEvents: 0 }, because: "what waits is on disk");
        staying.IsConnected.ShouldBeTrue();
        (await staying.PublishAsync("still/served")).ShouldBeTrue();

        await comeBack();
        var returned = Stopwatch.StartNew();
        await Eventually.Is(async () => (await host.AskAsync(goes)).Status == 200, because: "queries are answered");
        await Eventually.Is(async () => !await host.IsConnectedAsync(goes), because: "what happened meanwhile is stored");
        await Eventually.Is(async () => (await host.GetAsync("/health/ready")).Status == 200, because: "it is ready");
        await Eventually.Is(() => gateway.SpilledBytes == 0, because: "nothing is left on disk");
        var healed = returned.Elapsed;
        (await host.EventsAsync(other)).ShouldBeEmpty("nothing was claimed, and nothing was done");
        (await IngestAsync(host, other)).Status.ShouldBe(200);
        (await host.IsConnectedAsync(stays)).ShouldBeTrue();
        (await host.EventsAsync(goes)).Select(e => e.Text("eventType")).ShouldBe(["connected", "disconnected"]);
        gateway.LostEvents.ShouldBe(0);
        // Two seconds, and what a busy machine takes for the same dozens of requests when all is well.
        healed.ShouldBeLessThan(TimeSpan.FromSeconds(2) + 30 * await UsualAsync(host, goes));
    }

    private static Task<Answer> IngestAsync(ApiHost host, string name) =>
        host.PostAsync("/v1/lifecycle-events", Event.Disconnected(name, at: DateTimeOffset.UtcNow).ToJsonString());

    private static async Task ShouldBeUnavailableAsync(Func<Task<Answer>> request)
    {
        var asked = Stopwatch.StartNew();
        var answer = await request();
        answer.Status.ShouldBe(503, answer.Body);
        answer.Header("Retry-After").ShouldBe("1");
        if (answer.Header("x-amzn-ErrorType") is { } code) code.ShouldBe("ServiceUnavailableException");
        asked.Elapsed.ShouldBeLessThan(2 * Bound, "twice what it may be, on a busy machine");
    }

    private static async Task<TimeSpan> UsualAsync(ApiHost host, string name)
    {
        var asked = Stopwatch.StartNew();
        (await host.AskAsync(name)).Status.ShouldBe(200);
        return asked.Elapsed;
    }

    private static async Task AdministerAsync(params string[] statements)
    {
        var administration = await PostgresServer.AdministrationAsync();
        foreach (var statement in statements) await StoredData.ExecuteAsync(administration, statement);
    }
}
