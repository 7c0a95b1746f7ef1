namespace Connectivity.LocalPostgres.Tests;

public sealed class RestoreTests
{
    /// <summary>Nothing is in the archive, but it takes its time to say so.</summary>
    private const string SlowArchive = "restore_command = 'sleep 0.5; false'";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_postgres_that_is_being_restored_is_waited_for_until_it_takes_writes()
    {
        await using var data = await ToBeRestoredAsync(SlowArchive);

        await using var restored = await data.StartAsync();

        await DataDirectory.RunAsync(restored.ConnectionString, "CREATE TABLE written (answer int)");
    }

    [Fact]
    public async Task a_restore_that_does_not_reach_its_target_says_so()
    {
        await using var data = await ToBeRestoredAsync($"{SlowArchive}\nrecovery_target_time = '2100-01-01'");

        var failed = await Should.ThrowAsync<LocalPostgresException>(data.StartAsync);

        failed.Message.ShouldContain("recovery ended before configured recovery target was reached");
    }

    private static async Task<DataDirectory> ToBeRestoredAsync(string settings)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are a shell's.");
        var data = new DataDirectory();
        await using (await data.StartAsync()) { }
        await File.AppendAllTextAsync(Path.Combine(data.Cluster, "postgresql.conf"), settings + "\n", Ct);
        await File.WriteAllTextAsync(Path.Combine(data.Cluster, "recovery.signal"), "", Ct);
        return data;
    }
}
