using System.Diagnostics;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Gateway;
using Connectivity.Projections.Database;
using Connectivity.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Connectivity.Api.Tests.Database;

/// <summary>The database becomes unavailable and recovers.</summary>
public sealed class OutageTests
{
    /// <summary>
    /// The time limit of one statement of a request; a request fails with its first statement that fails.
    /// </summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(
        DatabaseLimits.Command + DatabaseLimits.Connect + DatabaseLimits.Cancellation);

    [Fact]
    public async Task Recovers_after_the_database_was_stopped()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await ShouldRecoverAsync(postgres.ConnectionString, postgres.StopAsync, postgres.ResumeAsync);
    }

    [Fact]
    public async Task Recovers_after_the_database_was_killed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        await using var postgres = await OwnPostgres.StartAsync();
        await ShouldRecoverAsync(postgres.ConnectionString, postgres.KillAsync, postgres.ResumeAsync);
    }

    [Fact]
    public async Task Recovers_after_the_database_was_suspended()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        await using var postgres = await OwnPostgres.StartAsync();
        await ShouldRecoverAsync(postgres.ConnectionString, postgres.StallAsync, postgres.ResumeAsync);
    }

    [Fact]
    public async Task Stays_live_while_many_queries_wait_for_a_suspended_database()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        const int Many = 60;
        await using var postgres = await OwnPostgres.StartAsync();
        await using var host = await ApiHost.StartAsync(postgres.ConnectionString);
        host.Log.IgnoreErrorsOfLibraries();
        await host.TurnIndexingOnAsync();
        var name = await host.CreateThingAsync();
        var dataSource = host.Services.GetRequiredService<NpgsqlDataSource>();
        // Opens as many connections in the pool.
        await Task.WhenAll(Enumerable.Range(0, Many).Select(async _ =>
        {
            await using var command = dataSource.CreateCommand("select pg_sleep(1)");
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }));

        await postgres.StallAsync();
        var asking = Task.WhenAll(
            Enumerable.Range(0, Many).Select(_ => ShouldBeUnavailableAsync(() => host.AskAsync(name))));
        var longest = TimeSpan.Zero;
        while (!asking.IsCompleted)
        {
            var asked = Stopwatch.StartNew();
            (await host.GetAsync("/health/live")).Status.ShouldBe(200);
            if (asked.Elapsed > longest) longest = asked.Elapsed;
        }

        await asking;
        TestContext.Current.SendDiagnosticMessage($"the slowest /health/live took {longest.TotalMilliseconds:0} ms");
        longest.ShouldBeLessThan(Bound);
        await postgres.ResumeAsync();
        await Eventually.Is(async () => (await host.AskAsync(name)).Status == 200, because: "queries are answered");
    }

    [Fact]
    public async Task Recovers_after_the_database_was_read_only()
    {
        var database = await PostgresServer.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await ShouldRecoverAsync(
            database, () => SetAsync("on"), () => SetAsync("off"),
            // By its answers alone, a read-only database can't be distinguished from one whose connections end.
            (host, _) => Eventually.Is(
                () => host.Services.GetRequiredService<WriteAvailability>().IsRefused,
                because: "the host has noticed"));

        Task SetAsync(string value) => AdministerAsync(
            $"alter database {name} set default_transaction_read_only = {value}",
            $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    }

    [Fact]
    public async Task Recovers_after_the_disk_of_the_database_was_full()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        using var disk = SmallDisk.Mount();
        await ShouldRecoverAsync(
            await postgres.CreateDatabaseAsync(disk), disk.FillAsync, disk.EmptyAsync,
            // Existing pages have room for some more rows.
            (host, thing) => Eventually.Is(
                async () => (await IngestAsync(host, thing)).Status == 503, because: "there is no room for an event"),
            registryHasRoom: true);
    }

    [Fact]
    public async Task Recovers_after_the_database_refused_connections()
    {
        var database = new NpgsqlConnectionStringBuilder(
            await PostgresServer.CreateDatabaseAsync(TestContext.Current.CancellationToken));
        var role = $"{database.Database}_host";
        await AdministerAsync(
            $"create role {role} login password 'only here'",
            $"grant create on database {database.Database} to {role}");
        (database.Username, database.Password) = (role, "only here");
        await ShouldRecoverAsync(
            database.ConnectionString,
            () => AdministerAsync(
                $"alter role {role} connection limit 0",
                $"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'"),
            () => AdministerAsync($"alter role {role} connection limit -1"));
    }

    [Fact]
    public async Task A_request_that_waits_too_long_for_a_lock_gets_503_and_stores_nothing()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        host.Log.IgnoreErrorsOfLibraries();
        var name = await host.CreateThingAsync();
        await using (var connection = await StoredData.OpenAsync(host.ConnectionString))
        await using (var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var hold = new NpgsqlCommand(
                $"lock table {ConnectivitySchema.Events} in share mode", connection);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await ShouldBeUnavailableAsync(() => IngestAsync(host, name));
            (await host.AskAsync(name)).Status.ShouldBe(200);
        }

        (await host.EventsAsync(name)).ShouldBeEmpty();
        (await host.ReportAsync(Event.Connected(name))).Single().Outcome.ShouldBe("accepted");
    }

    /// <param name="untilNoticed">Where queries still work: waits, with a thing for its own use, until the host has
    /// noticed that writes fail.</param>
    /// <param name="registryHasRoom">True when creating a thing may still succeed.</param>
    private static async Task ShouldRecoverAsync(
        string connectionString, Func<Task> interrupt, Func<Task> restore,
        Func<ApiHost, string, Task>? untilNoticed = null, bool registryHasRoom = false)
    {
        await using var host = await ApiHost.StartAsync(connectionString);
        host.Log.IgnoreErrorsOfLibraries();
        await host.TurnIndexingOnAsync();
        var (leaving, staying) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        var (other, probe) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        await using var leavingDevice = await Device.ConnectAsync(host, leaving);
        await using var stayingDevice = await Device.ConnectAsync(host, staying);
        await Eventually.Is(
            async () => await host.IsConnectedAsync(leaving) && await host.IsConnectedAsync(staying),
            because: "both are stored");
        (await host.GetAsync("/health/ready")).Status.ShouldBe(200);
        var gateway = host.Services.GetRequiredService<MqttGateway>();

        await interrupt();
        if (untilNoticed is not null) await untilNoticed(host, probe);
        // All requests at once, first before the host has noticed the outage, then again after.
        for (var round = 0; round < 2; round++)
            await Task.WhenAll(
                ShouldBeUnavailableAsync(() => host.AskAsync(staying)),
                ShouldBeUnavailableAsync(() => IngestAsync(host, other)),
                registryHasRoom
                    ? Task.CompletedTask
                    : ShouldBeUnavailableAsync(() => host.PostAsync("/things/another", "{}")));
        await Eventually.Is(
            async () => (await host.GetAsync("/health/ready")).Status == 503, because: "readiness reports the outage");
        (await host.GetAsync("/health/live")).Status.ShouldBe(200);

        await leavingDevice.DisconnectAsync();
        await Eventually.Is(
            () => gateway is { SpilledBytes: > 0, QueuedEvents: 0 }, because: "the waiting event is on disk");
        stayingDevice.IsConnected.ShouldBeTrue();
        (await stayingDevice.PublishAsync("still/served")).ShouldBeTrue();

        await restore();
        var sinceRestored = Stopwatch.StartNew();
        await Eventually.Is(async () => (await host.AskAsync(leaving)).Status == 200, because: "queries are answered");
        await Eventually.Is(
            async () => !await host.IsConnectedAsync(leaving), because: "the disconnect during the outage is stored");
        await Eventually.Is(
            async () => (await host.GetAsync("/health/ready")).Status == 200, because: "the host is ready");
        await Eventually.Is(() => gateway.SpilledBytes == 0, because: "no event is left on disk");
        var recovery = sinceRestored.Elapsed;
        (await host.EventsAsync(other)).ShouldBeEmpty("the event that got 503 is not stored");
        (await IngestAsync(host, other)).Status.ShouldBe(200);
        (await host.IsConnectedAsync(staying)).ShouldBeTrue();
        (await host.EventsAsync(leaving)).Select(e => e.Text("eventType")).ShouldBe(["connected", "disconnected"]);
        gateway.LostEvents.ShouldBe(0);
        // Two seconds, and the time that a busy machine needs for about thirty requests in normal operation.
        recovery.ShouldBeLessThan(TimeSpan.FromSeconds(2) + 30 * await UsualAsync(host, leaving));
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
        asked.Elapsed.ShouldBeLessThan(2 * Bound, "twice the limit, for a busy machine");
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
