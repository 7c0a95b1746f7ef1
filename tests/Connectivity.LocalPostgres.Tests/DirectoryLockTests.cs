namespace Connectivity.LocalPostgres.Tests;

public sealed class DirectoryLockTests(StartedCluster started)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_host_on_a_directory_is_refused_with_the_process_id_of_the_first()
    {
        await using var data = new DataDirectory();
        using var first = await HostProcess.StartAsync(data.Path, Ct);

        var refused = await Should.ThrowAsync<LocalPostgresException>(data.StartAsync);

        refused.Message.ShouldContain($"pid {first.Id}");
        refused.Message.ShouldContain(data.Path);
        await first.StopAsync(Ct);
    }

    [Fact]
    public async Task A_second_host_in_the_same_process_is_refused_and_the_first_keeps_running()
    {
        (await Should.ThrowAsync<LocalPostgresException>(started.Data.StartAsync)).Message
            .ShouldContain($"pid {Environment.ProcessId}");

        (await DataDirectory.AskAsync<int>(started.Cluster.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_released_lock_can_be_acquired_immediately()
    {
        await using var data = new DataDirectory();
        Directory.CreateDirectory(data.Path);
        for (var i = 0; i < 50; i++) (await DirectoryLock.AcquireAsync(data.Path, Ct)).Dispose();
    }

    [Fact]
    public async Task A_failed_start_releases_the_lock()
    {
        await using var data = new DataDirectory();
        await Should.ThrowAsync<LocalPostgresException>(
            () => LocalPostgresCluster.StartAsync(new LocalPostgresOptions(data.Path, "/nowhere"), Ct));
        DirectoryLock.TryAcquire(data.Path).ShouldNotBeNull().Dispose();
    }
}
