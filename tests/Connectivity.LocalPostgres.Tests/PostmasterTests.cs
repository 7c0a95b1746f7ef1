using Npgsql;

namespace Connectivity.LocalPostgres.Tests;

public sealed class PostmasterTests(StartedCluster started)
{
    [Fact]
    public async Task Data_survives_a_restart()
    {
        await using var data = new DataDirectory();
        await using (var first = await data.StartAsync())
            await DataDirectory.RunAsync(first.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer");

        await using var second = await data.StartAsync();

        second.StartedAfterCrash.ShouldBeFalse();
        (await DataDirectory.AskAsync<int>(second.ConnectionString, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Disposal_stops_the_server_although_sessions_are_open()
    {
        await using var data = new DataDirectory();
        var cluster = await data.StartAsync();
        await using var session = new NpgsqlConnection(cluster.ConnectionString);
        await session.OpenAsync(TestContext.Current.CancellationToken);
        data.Processes().ShouldNotBeEmpty();

        await cluster.DisposeAsync();
        await cluster.DisposeAsync();

        data.Processes().ShouldBeEmpty();
        File.Exists(Path.Combine(data.Cluster, "postmaster.pid")).ShouldBeFalse();
        NpgsqlConnection.ClearPool(session);
    }

    [Fact]
    public void A_Ctrl_C_on_the_terminal_does_not_reach_PostgreSQL()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var (group, session) = GroupAndSession(started.Data.PostmasterId());

        var own = GroupAndSession(Environment.ProcessId);
        group.ShouldNotBe(own.Group);
        session.ShouldNotBe(own.Session);
    }

    /// <summary>"pid (name) state parent group session …"</summary>
    private static (int Group, int Session) GroupAndSession(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[2]), int.Parse(fields[3]));
    }
}
