using System.Diagnostics;

namespace Connectivity.LocalPostgres.Tests;

public sealed class CrashTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_server_starts_again_with_all_committed_data()
    {
        await using var data = new DataDirectory();
        var killed = await data.StartAsync();
        await DataDirectory.RunAsync(killed.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
        Process.GetProcessById(data.PostmasterId()).Kill();
        await killed.DisposeAsync();

        await using var again = await data.StartAsync();

        again.StartedAfterCrash.ShouldBeTrue();
        (await DataDirectory.AskAsync<int>(again.ConnectionString, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task The_server_of_a_killed_host_is_taken_over_by_the_next_host()
    {
        await using var data = new DataDirectory();
        using var host = await HostProcess.StartAsync(data.Path, Ct);
        var orphan = data.PostmasterId();
        await host.KillAsync(Ct);

        await using (var next = await data.StartAsync())
        {
            next.StartedAfterCrash.ShouldBeTrue();
            data.PostmasterId().ShouldBe(orphan);
            (await DataDirectory.AskAsync<int>(next.ConnectionString, "SELECT 1")).ShouldBe(1);
        }

        data.Processes().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_orphaned_server_with_other_settings_is_restarted()
    {
        await using var data = new DataDirectory();
        using var host = await HostProcess.StartAsync(data.Path, Ct);
        var orphan = data.PostmasterId();
        await host.KillAsync(Ct);
        await File.AppendAllTextAsync(
            Path.Combine(data.Postgres, "connectivity.conf"), "# of a previous release\n", Ct);

        await using var next = await data.StartAsync();

        data.PostmasterId().ShouldNotBe(orphan);
        (await DataDirectory.AskAsync<int>(next.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_process_id_that_now_belongs_to_another_program_does_not_prevent_the_start()
    {
        await using var data = new DataDirectory();
        var killed = await data.StartAsync();
        await DataDirectory.RunAsync(killed.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
        var file = Path.Combine(data.Cluster, "postmaster.pid");
        Process.GetProcessById(data.PostmasterId()).Kill();
        await killed.DisposeAsync();
        await Testing.Eventually.Is(() => !data.Processes().Any(), because: "the killed server's sessions end");

        // Another program of the same user, as after a restart of a container.
        var user = await PostgresUser.ForAsync(ClusterDirectory.In(data.Path), Ct);
        var (program, arguments) = user is null ? ("sleep", ["60"]) : user.Run("sleep", ["60"]);
        using var other = Process.Start(new ProcessStartInfo(program, arguments))!;
        try
        {
            var lines = await File.ReadAllLinesAsync(file, Ct);
            await File.WriteAllLinesAsync(file, [other.Id.ToString(), .. lines[1..]], Ct);

            await using var again = await data.StartAsync();
            (await DataDirectory.AskAsync<int>(again.ConnectionString, "SELECT answer FROM kept")).ShouldBe(42);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task A_copy_of_a_directory_in_use_is_an_independent_cluster()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Copies with cp.");
        await using var data = new DataDirectory();
        await using var original = await data.StartAsync();
        await DataDirectory.RunAsync(original.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
        await using var copied = new DataDirectory();
        var copying = await new PostgresCommand("cp", "-a", data.Path, copied.Path).RunAsync("/", user: null, Ct);
        copying.ExitCode.ShouldBe(0);

        await using (var copy = await copied.StartAsync())
            await DataDirectory.RunAsync(copy.ConnectionString, "UPDATE kept SET answer = 43");

        (await DataDirectory.AskAsync<int>(original.ConnectionString, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task An_interrupted_creation_is_repeated()
    {
        await using var data = new DataDirectory();
        var remains = Path.Combine(data.Postgres, "unfinished-half.way");
        Directory.CreateDirectory(remains);
        await File.WriteAllTextAsync(Path.Combine(remains, "PG_VERSION"), "15\n", Ct);

        await using var cluster = await data.StartAsync();

        Directory.Exists(remains).ShouldBeFalse();
        (await DataDirectory.AskAsync<int>(cluster.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_start_leaves_nothing_running_and_can_be_repeated()
    {
        await using var data = new DataDirectory();
        using var cancel = new CancellationTokenSource();
        var starting = LocalPostgresCluster.StartAsync(new LocalPostgresOptions(data.Path), cancel.Token);
        await Testing.Eventually.Is(
            () => File.Exists(Path.Combine(data.Cluster, "postmaster.pid")), because: "PostgreSQL is starting");
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => starting);
        await Testing.Eventually.Is(() => !data.Processes().Any(), because: "the sessions of a killed server end");

        await using var again = await data.StartAsync();
        (await DataDirectory.AskAsync<int>(again.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_start_reports_the_end_of_the_log_and_keeps_the_data()
    {
        await using var data = new DataDirectory();
        await using (await data.StartAsync()) { }
        var settings = Path.Combine(data.Cluster, "postgresql.conf");
        var before = await File.ReadAllTextAsync(settings, Ct);
        await File.AppendAllTextAsync(settings, "shared_buffers = nonsense\n", Ct);

        (await Should.ThrowAsync<LocalPostgresException>(data.StartAsync)).Message.ShouldContain("nonsense");

        await File.WriteAllTextAsync(settings, before, Ct);
        await using (await data.StartAsync()) { }
    }
}
