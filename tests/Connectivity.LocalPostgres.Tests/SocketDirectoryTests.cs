using Npgsql;

namespace Connectivity.LocalPostgres.Tests;

public sealed class SocketDirectoryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_path_too_long_for_a_socket_works_and_commands_find_the_socket()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows uses loopback.");
        await using var data = new DataDirectory(new string('x', 100));
        string socket;
        await using (var host = await data.StartAsync())
        {
            socket = new NpgsqlConnectionStringBuilder(host.ConnectionString).Host!;
            socket.ShouldNotStartWith(data.Path);
            File.GetUnixFileMode(socket).ShouldBe(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await using var command = await data.AttachAsync();
            (await DataDirectory.AskAsync<int>(command.ConnectionString, "SELECT 1")).ShouldBe(1);
        }

        Directory.Exists(socket).ShouldBeFalse();
    }

    [Fact]
    public async Task The_socket_folder_of_a_killed_server_is_removed_by_the_next_start()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows uses loopback.");
        await using var data = new DataDirectory(new string('x', 100));
        using var host = await HostProcess.StartAsync(data.Path, Ct);
        var socket = File.ReadLines(Path.Combine(data.Cluster, "postmaster.pid")).ElementAt(4);
        System.Diagnostics.Process.GetProcessById(data.PostmasterId()).Kill();
        await host.KillAsync(Ct);

        await using var next = await data.StartAsync();

        Directory.Exists(socket).ShouldBeFalse();
        (await DataDirectory.AskAsync<int>(next.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Any_name_of_a_data_directory_works()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows forbids these names.");
        await using var data = new DataDirectory("Gerät it's \"my\" $HOME `dir` a,b:c;d=e ☃");
        await using var cluster = await data.StartAsync();
        (await DataDirectory.AskAsync<int>(cluster.ConnectionString, "SELECT 1")).ShouldBe(1);
    }
}
