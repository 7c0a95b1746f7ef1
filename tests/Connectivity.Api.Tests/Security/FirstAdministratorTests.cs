using Connectivity.Access.Policies;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// The first access key of a database, which is created once and written to a file that only its owner can read.
/// </summary>
public sealed class FirstAdministratorTests(AccessHost access)
{
    private const int Added = 8;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_administrator_may_do_everything_and_only_the_owner_reads_its_key_file()
    {
        var path = Path.Combine(access.Host.DataDirectory, "credentials");
        File.ReadAllText(path).ShouldMatch(
            @"\A\[default\]\naws_access_key_id = AKIA[A-Z2-7]{16}\naws_secret_access_key = [A-Za-z0-9+/]{40}\n\z");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        access.Host.Log.Lines.Where(line => line.Id.Id == Added).ShouldHaveSingleItem().Text
            .ShouldBe($"The first administrator's access key is in {path}");
        (await access.Host.Policies().ListAsync(Ct)).ShouldContain(new StoredPolicy(
            Users.Account, "administrator", "AdministratorAccess",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"""));
    }

    [Fact]
    public async Task Two_hosts_that_start_at_once_on_an_empty_database_have_one_administrator()
    {
        var connectionString = await PostgresServer.CreateDatabaseAsync(Ct);
        var hosts = await Task.WhenAll(ApiHost.StartAsync(connectionString), ApiHost.StartAsync(connectionString));
        await using var first = hosts[0];
        await using var second = hosts[1];

        (await first.Keys().ListAsync(Ct)).ShouldHaveSingleItem().AccessKeyId.ShouldBe(first.Administrator.AccessKeyId);
        hosts.Sum(host => host.Log.Lines.Count(line => line.Id.Id == Added)).ShouldBe(1);
        Directory.GetFiles(first.DataDirectory, "credentials*").ShouldHaveSingleItem();
        foreach (var host in hosts) (await host.GetAsync("/things")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_first_administrator_is_not_created_again_when_its_key_is_deleted()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.Keys().DeleteAsync(host.Administrator.AccessKeyId, Ct)).ShouldBeTrue();
        await using var next = await ApiHost.StartAsync(host.ConnectionString);
        (await next.Keys().ListAsync(Ct)).ShouldBeEmpty();
        (await next.GetAsync("/things")).ShouldBeAwsError(403, "UnrecognizedClientException");
    }

    [Fact]
    public async Task The_credentials_file_of_another_database_is_kept_under_a_new_name()
    {
        await using var before = await ApiHost.StartAsync();
        var file = Path.Combine(before.DataDirectory, "credentials");
        var old = File.ReadAllText(file);

        await using var host = await ApiHost.StartOnEmptyDatabaseAsync(before.DataDirectory);

        host.Administrator.ShouldNotBe(before.Administrator);
        var kept = Directory.GetFiles(before.DataDirectory, "credentials-until-*").ShouldHaveSingleItem();
        Path.GetFileName(kept).ShouldMatch(@"^credentials-until-\d{8}T\d{9}Z$");
        File.ReadAllText(kept).ShouldBe(old);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(kept).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await host.GetAsync("/things")).Status.ShouldBe(200);
        (await before.GetAsync("/things")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Fails_to_start_and_adds_no_key_when_the_credentials_file_can_not_be_written()
    {
        var directory = TemporaryDirectory.Make();
        var notADirectory = Path.Combine(directory, "data");
        File.WriteAllText(notADirectory, "");
        var connectionString = await PostgresServer.CreateDatabaseAsync(Ct);

        var failure = await Should.ThrowAsync<StartupException>(() => ApiHost.StartAsync(
            connectionString,
            $"--Connectivity:DataDirectory={notADirectory}",
            $"--Connectivity:KeyRingDirectory={directory}/keyring"));
        failure.Message.ShouldContain(notADirectory);

        await using var host = await ApiHost.StartAsync(connectionString);
        (await host.Keys().ListAsync(Ct)).ShouldHaveSingleItem().AccessKeyId.ShouldBe(host.Administrator.AccessKeyId);
        Directory.Delete(directory, recursive: true);
    }
}
