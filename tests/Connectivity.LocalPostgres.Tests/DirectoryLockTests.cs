namespace Connectivity.LocalPostgres.Tests;

public sealed class DirectoryLockTests(StartedCluster started)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_second_host_on_the_same_directory_is_refused_naming_the_first()
    {
        await using var data = new DataDirectory();
        using var first = await HostProcess.StartAsync(data.Path, Ct);

        var refused = await Should.ThrowAsync<LocalPostgresException>(data.StartAsync);

        refused.Message.ShouldContain($"pid {first.Id}");
        refused.Message.ShouldContain(data.Path);
        await first.StopAsync(Ct);
    }

    [Fact]
    public async Task a_second_host_in_the_same_process_is_refused_and_the_first_goes_on()
    {
        (await Should.ThrowAsync<LocalPostgresException>(started.Data.StartAsync)).Message.ShouldContain($"pid {Environment.ProcessId}");

        (await DataDirectory.AskAsync<int>(started.Cluster.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task a_directory_given_free_can_be_taken_at_once()
    {
        await using var data = new DataDirectory();
        Directory.CreateDirectory(data.Path);
        for (var i = 0; i < 50; i++) (await DirectoryLock.TakeAsync(data.Path, Ct)).Dispose();
    }

    [Fact]
    public async Task a_failed_start_gives_the_directory_free()
    {
        await using var data = new DataDirectory();
        await Should.ThrowAsync<LocalPostgresException>(() => LocalPostgresCluster.StartAsync(new LocalPostgresOptions(data.Path, "/nowhere"), Ct));
        DirectoryLock.TryTake(data.Path).ShouldNotBeNull().Dispose();
    }
}
