namespace Connectivity.LocalPostgres.Tests;

public sealed class AttachTests(StartedCluster started)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_attaches_to_the_database_of_a_running_host_and_leaves_it_running()
    {
        await using (var command = await started.Data.AttachAsync())
        {
            command.ConnectionString.ShouldBe(started.Cluster.ConnectionString);
            await DataDirectory.RunAsync(command.ConnectionString, "CREATE TEMPORARY TABLE imported AS SELECT 1 AS n");
        }

        (await DataDirectory.AskAsync<int>(started.Cluster.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_command_waits_for_a_host_that_is_still_starting()
    {
        await using var data = new DataDirectory();
        var starting = data.StartAsync();
        await Testing.Eventually.Is(
            () => File.Exists(Path.Combine(data.Path, "host.pid")), because: "the host locks the directory");

        await using var command = await data.AttachAsync();

        await using var host = await starting;
        command.ConnectionString.ShouldBe(host.ConnectionString);
    }

    [Fact]
    public async Task A_command_without_a_host_starts_PostgreSQL_and_stops_it_again()
    {
        await using var data = new DataDirectory();
        await using (var command = await data.AttachAsync())
            await DataDirectory.RunAsync(command.ConnectionString, "CREATE TABLE imported AS SELECT 1 AS n");

        data.Processes().ShouldBeEmpty();
        await using var host = await data.StartAsync();
        (await DataDirectory.AskAsync<int>(host.ConnectionString, "SELECT n FROM imported")).ShouldBe(1);
    }

    [Fact]
    public async Task A_command_takes_over_the_server_that_a_killed_host_left_running()
    {
        await using var data = new DataDirectory();
        using var host = await HostProcess.StartAsync(data.Path, Ct);
        await host.KillAsync(Ct);

        await using (var command = await data.AttachAsync())
            (await DataDirectory.AskAsync<int>(command.ConnectionString, "SELECT 1")).ShouldBe(1);

        data.Processes().ShouldBeEmpty();
    }
}
