using Npgsql;

namespace Connectivity.LocalPostgres.Tests;

public sealed class LocalPostgresClusterTests(StartedCluster started)
{
    private string ConnectionString => started.Cluster.ConnectionString;

    [Fact]
    public async Task A_first_start_creates_an_empty_database_named_connectivity()
    {
        (await Ask("SELECT current_database()")).ShouldBe("connectivity");
        const string tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        (await DataDirectory.AskAsync<long>(ConnectionString, tables)).ShouldBe(0);
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
    public async Task The_server_runs_with_durable_settings_and_quiet_logs(string setting, string value) =>
        (await Ask($"SHOW {setting}")).ShouldBe(value);

    [Fact]
    public async Task Text_sorts_by_its_bytes() =>
        (await Ask("SELECT datcollate::text FROM pg_database WHERE datname = 'connectivity'")).ShouldBe("C");

    [Fact]
    public async Task No_network_port_is_open_where_Unix_sockets_exist()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix sockets for PostgreSQL.");
        (await Ask("SHOW listen_addresses")).ShouldBe("");
        File.GetUnixFileMode(Path.Combine(started.Data.Postgres, ".s.PGSQL.5432"))
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Failed_statements_leave_no_values_in_the_log()
    {
        const string insert = "INSERT INTO once VALUES ('203.0.113.77')";
        await DataDirectory.RunAsync(ConnectionString, $"CREATE TABLE once (address text PRIMARY KEY); {insert}");
        await Should.ThrowAsync<PostgresException>(() => DataDirectory.RunAsync(ConnectionString, insert));
        await DataDirectory.RunAsync(ConnectionString, "DROP TABLE once");

        await Testing.Eventually.Is(() => Logged().Contains("duplicate key"), because: "the error is logged");
        Logged().ShouldNotContain("203.0.113.77");
    }

    private string Logged() =>
        string.Concat(Directory.GetFiles(Path.Combine(started.Data.Postgres, "log")).Select(File.ReadAllText));

    private Task<string> Ask(string sql) => DataDirectory.AskAsync<string>(ConnectionString, sql);
}
