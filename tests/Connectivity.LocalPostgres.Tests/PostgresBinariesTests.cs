namespace Connectivity.LocalPostgres.Tests;

public sealed class PostgresBinariesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Installed_programs_are_found() =>
        (await PostgresBinaries.FindAsync(configured: null, clusterMajor: null, Ct)).Major
            .ShouldBeGreaterThanOrEqualTo(PostgresBinaries.Oldest);

    [Fact]
    public async Task A_configured_directory_without_the_programs_is_reported()
    {
        await using var data = new DataDirectory();
        (await Should.ThrowAsync<LocalPostgresException>(
            () => LocalPostgresCluster.StartAsync(new LocalPostgresOptions(data.Path, "/nowhere/bin"), Ct)))
            .Message.ShouldContain("/nowhere/bin");
    }

    [Fact]
    public async Task Without_any_programs_the_message_lists_three_solutions()
    {
        using var silent = new FakeInstallation(version: null);
        var message = (await Should.ThrowAsync<LocalPostgresException>(
            () => PostgresBinaries.FindAsync(silent.Directory, null, Ct))).Message;
        message.ShouldContain("apt install postgresql");
        message.ShouldContain("brew install");
        message.ShouldContain("winget install");
        message.ShouldContain("ConnectionStrings__Connectivity");
        message.ShouldContain("docker compose up");
    }

    [Fact]
    public async Task A_PostgreSQL_that_is_too_old_is_refused_with_its_version()
    {
        using var old = new FakeInstallation("13.4");
        var message = (await Should.ThrowAsync<LocalPostgresException>(
            () => PostgresBinaries.FindAsync(old.Directory, null, Ct))).Message;
        message.ShouldContain("13");
        message.ShouldContain("14 or newer");
    }

    [Fact]
    public async Task Data_of_another_major_version_is_refused_with_both_versions_and_left_unchanged()
    {
        await using var data = new DataDirectory();
        Directory.CreateDirectory(data.Cluster);
        await File.WriteAllTextAsync(Path.Combine(data.Cluster, "PG_VERSION"), "99\n", Ct);
        var installed = await PostgresBinaries.FindAsync(null, null, Ct);

        var message = (await Should.ThrowAsync<LocalPostgresException>(data.StartAsync)).Message;

        message.ShouldContain("99");
        message.ShouldContain($"PostgreSQL {installed.Major}");
        message.ShouldContain("pg_upgrade");
        Directory.GetFileSystemEntries(data.Cluster).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_folder_that_is_not_a_cluster_is_refused_and_left_unchanged()
    {
        await using var data = new DataDirectory();
        Directory.CreateDirectory(data.Cluster);
        await File.WriteAllTextAsync(Path.Combine(data.Cluster, "mine.txt"), "mine", Ct);

        (await Should.ThrowAsync<LocalPostgresException>(data.StartAsync)).Message.ShouldContain(data.Cluster);

        (await File.ReadAllTextAsync(Path.Combine(data.Cluster, "mine.txt"), Ct)).ShouldBe("mine");
    }

    /// <summary>Programs with the right names that only print a version.</summary>
    private sealed class FakeInstallation : IDisposable
    {
        public FakeInstallation(string? version)
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs are shell scripts.");
            foreach (var name in new[] { "initdb", "pg_ctl", "postgres" })
            {
                var program = Path.Combine(Directory, name);
                File.WriteAllText(
                    program,
                    version is null ? "#!/bin/sh\nexit 1\n" : $"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n");
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }

        public string Directory { get; } = Testing.TemporaryDirectory.Make();

        public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
