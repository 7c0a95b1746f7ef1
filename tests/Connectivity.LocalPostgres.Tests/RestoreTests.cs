namespace Connectivity.LocalPostgres.Tests;

public sealed class RestoreTests
{
    /// <summary>The archive is empty, and slow to report it.</summary>
    private const string SlowArchive = "restore_command = 'sleep 0.5; false'";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_start_waits_for_a_restore_until_the_server_accepts_writes()
    {
        await using var data = await ToBeRestoredAsync(SlowArchive);

        await using var restored = await data.StartAsync();

        await DataDirectory.RunAsync(restored.ConnectionString, "CREATE TABLE written (answer int)");
    }

    [Fact]
    public async Task A_restore_that_does_not_reach_its_target_is_reported()
    {
        await using var data = await ToBeRestoredAsync($"{SlowArchive}\nrecovery_target_time = '2100-01-01'");

        var failed = await Should.ThrowAsync<LocalPostgresException>(data.StartAsync);

        failed.Message.ShouldContain("recovery ended before configured recovery target was reached");
    }

    private static async Task<DataDirectory> ToBeRestoredAsync(string settings)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands need a shell.");
        var data = new DataDirectory();
        await using (await data.StartAsync()) { }
        await File.AppendAllTextAsync(Path.Combine(data.Cluster, "postgresql.conf"), settings + "\n", Ct);
        await File.WriteAllTextAsync(Path.Combine(data.Cluster, "recovery.signal"), "", Ct);
        return data;
    }
}
