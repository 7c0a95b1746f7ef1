using Npgsql;

namespace Connectivity.LocalPostgres.Tests;

public sealed class LocalPostgresClusterTests(StartedCluster started)
{
    private string ConnectionString => started.Cluster.ConnectionString;

    [Fact]
    public async Task a_first_start_gives_an_empty_database_named_connectivity()
    {
        (await Ask("SELECT current_database()")).ShouldBe("connectivity");
        (await DataDirectory.AskAsync<long>(ConnectionString, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).ShouldBe(0);
        started.Cluster.Directory.ShouldBe(started.Data.Postgres);
        started.Cluster.StartedAfterCrash.ShouldBeFalse();
    }

    [Theory]
    [InlineData("server_encoding", "UTF8")]
    [InlineData("data_checksums", "on")]
    [InlineData("fsync", "on")]
    [InlineData("synchronous_commit", "on")]
    [InlineData("max_connections", "200")]
    [InlineData("shared_buffers", "256MB")]
    [InlineData("TimeZone", "UTC")]
    [InlineData("log_statement", "none")]
    [InlineData("log_parameter_max_length", "0")]
    [InlineData("log_min_messages", "warning")]
    public async Task it_runs_with_settings_that_keep_data_safe_and_logs_quiet(string setting, string value) =>
        (await Ask($"SHOW {setting}")).ShouldBe(value);

    [Fact]
    public async Task text_sorts_by_its_bytes() =>
        (await Ask("SELECT datcollate::text FROM pg_database WHERE datname = 'connectivity'")).ShouldBe("C");

    [Fact]
    public async Task no_network_port_is_open_where_sockets_exist()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix sockets for PostgreSQL.");
        (await Ask("SHOW listen_addresses")).ShouldBe("");
        File.GetUnixFileMode(Path.Combine(started.Data.Postgres, ".s.PGSQL.5432"))
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task statements_that_fail_leave_no_values_in_the_log()
    {
        await DataDirectory.RunAsync(ConnectionString, "CREATE TABLE once (address text PRIMARY KEY); INSERT INTO once VALUES ('203.0.113.77')");
        await Should.ThrowAsync<PostgresException>(() => DataDirectory.RunAsync(ConnectionString, "INSERT INTO once VALUES ('203.0.113.77')"));
        await DataDirectory.RunAsync(ConnectionString, "DROP TABLE once");

        await Testing.Eventually.Is(() => Logged().Contains("duplicate key"), because: "the error is logged");
        Logged().ShouldNotContain("203.0.113.77");
    }

    private string Logged() => string.Concat(Directory.GetFiles(Path.Combine(started.Data.Postgres, "log")).Select(File.ReadAllText));

    private Task<string> Ask(string sql) => DataDirectory.AskAsync<string>(ConnectionString, sql);
}
