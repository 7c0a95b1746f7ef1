using Npgsql;

namespace Connectivity.LocalPostgres.Tests;

public sealed class ClusterPasswordTests(StartedCluster started)
{
    [Theory]
    [InlineData("wrong")]
    [InlineData(null)]
    public async Task A_connection_without_the_password_is_refused(string? password)
    {
        var wrong = new NpgsqlConnectionStringBuilder(started.Cluster.ConnectionString) { Password = password };
        (await Should.ThrowAsync<NpgsqlException>(
            () => DataDirectory.AskAsync<int>(wrong.ConnectionString, "SELECT 1")))
            .Message.ShouldContain("password");
    }

    [Fact]
    public void Every_line_of_pg_hba_requires_scram()
    {
        var methods = File.ReadLines(Path.Combine(started.Data.Cluster, "pg_hba.conf"))
            .Where(line => line.Trim() is { Length: > 0 } rule && rule[0] != '#')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]).ToArray();
        methods.ShouldNotBeEmpty();
        methods.ShouldAllBe(method => method == "scram-sha-256");
    }

    [Fact]
    public void Only_its_owner_can_read_the_password_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        File.GetUnixFileMode(Path.Combine(started.Data.Postgres, "password"))
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(started.Data.Postgres)
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Arguments_environment_settings_and_logs_do_not_contain_the_password()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var password = new NpgsqlConnectionStringBuilder(started.Cluster.ConnectionString).Password!;
        string[] files =
        [
            $"/proc/{started.Data.PostmasterId()}/cmdline", $"/proc/{started.Data.PostmasterId()}/environ",
            .. Directory.GetFiles(started.Data.Cluster, "*.conf"),
            .. Directory.GetFiles(Path.Combine(started.Data.Postgres, "log")),
            Path.Combine(started.Data.Postgres, "connectivity.conf"),
        ];
        foreach (var file in files) File.ReadAllText(file).ShouldNotContain(password, customMessage: file);
    }

    [Fact]
    public void PostgreSQL_does_not_inherit_the_environment_of_the_host()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        File.ReadAllText($"/proc/{started.Data.PostmasterId()}/environ")
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=')[0])
            .Except(["PATH", "LC_ALL", "TMPDIR", "TZDIR", "LD_LIBRARY_PATH", "PWD", "OLDPWD", "SHLVL", "_"])
            .Where(name => !name.StartsWith("PG", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_password_file_is_reported_and_the_data_stays()
    {
        await using var data = new DataDirectory();
        Directory.CreateDirectory(data.Cluster);
        File.Copy(Path.Combine(started.Data.Cluster, "PG_VERSION"), Path.Combine(data.Cluster, "PG_VERSION"));

        (await Should.ThrowAsync<LocalPostgresException>(data.StartAsync)).Message
            .ShouldContain(Path.Combine(data.Postgres, "password"));

        Directory.GetFileSystemEntries(data.Cluster).ShouldHaveSingleItem();
        File.Exists(Path.Combine(data.Postgres, "password")).ShouldBeFalse();
    }
}
