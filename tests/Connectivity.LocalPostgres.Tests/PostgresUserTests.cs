namespace Connectivity.LocalPostgres.Tests;

public sealed class PostgresUserTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly StartedCluster _started;

    public PostgresUserTests(StartedCluster started)
    {
        _started = started;
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Only root starts PostgreSQL as another user.");
    }

    [Fact]
    public async Task Root_starts_PostgreSQL_as_a_user_that_owns_only_its_own_folder()
    {
        var data = _started.Data;
        var user = (await PostgresUser.ForAsync(ClusterDirectory.In(data.Path), Ct)).ShouldNotBeNull();
        user.UserId.ShouldNotBe(0u);
        File.ReadLines($"/proc/{data.PostmasterId()}/status").Single(line => line.StartsWith("Uid:")).Split('\t')[1..]
            .ShouldAllBe(id => id == user.UserId.ToString());
        (await OwnerAsync(data.Postgres)).ShouldBe(user.UserId.ToString());
        (await OwnerAsync(data.Path)).ShouldBe("0");
    }

    [Fact]
    public async Task A_directory_that_the_user_can_not_reach_is_reported_with_the_closed_component()
    {
        await using var data = new DataDirectory("closed/data");
        var closed = Path.GetDirectoryName(data.Path)!;
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var message = (await Should.ThrowAsync<LocalPostgresException>(data.StartAsync)).Message;

        message.ShouldContain($"{closed} is closed");
        message.ShouldContain($"chmod a+x {closed}");
    }

    [Theory]
    [InlineData("setpriv")]
    [InlineData("runuser")]
    [InlineData("su")]
    public async Task Each_program_that_switches_the_user_passes_arguments_unchanged(string name)
    {
        var switchUser = SwitchUser.Installed().FirstOrDefault(installed => Path.GetFileName(installed.Path) == name);
        Assert.SkipWhen(switchUser is null, $"{name} is not installed.");
        var nobody = new PostgresUser("nobody", 65534, 65534);
        var (program, arguments) = switchUser.Run(
            nobody, "/bin/sh", ["-c", """printf '%s|%s|' "$@"; id -u""", "sh", "it's $HOME", ""]);

        var ran = await new PostgresCommand(program, arguments).RunAsync("/", user: null, Ct);

        ran.Output.ShouldBe("it's $HOME||65534");
    }

    private static async Task<string> OwnerAsync(string path) =>
        (await new PostgresCommand("stat", "-c", "%u", path).RunAsync("/", user: null, Ct)).Output;
}
