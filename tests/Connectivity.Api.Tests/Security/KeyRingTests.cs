using Connectivity.Api.Hosting;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Security;

/// <summary>The keys that encrypt secrets: outside the database, and shared by all hosts on it.</summary>
public sealed class KeyRingTests
{
    private const int Undecryptable = 400;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData()]
    [InlineData("--Connectivity:KeyRingDirectory=")]
    public void Fails_to_start_with_a_configured_database_but_no_shared_key_ring(params string[] settings)
    {
        const string Database = "Host=127.0.0.1;Database=connectivity";
        var builder = ConnectivityHost.CreateBuilder(
            [$"--ConnectionStrings:Connectivity={Database}", .. settings], out var options);
        Should.Throw<StartupException>(() => ConnectivityHost.Build(builder, options, Database)).Message
            .ShouldStartWith("Connectivity:KeyRingDirectory (Connectivity__KeyRingDirectory) is not set.");
    }

    [Fact]
    public async Task Only_the_owner_can_enter_the_key_ring_directory()
    {
        await using var host = await ApiHost.StartAsync();
        var directory = Path.Combine(host.DataDirectory, "keyring");
        var keys = Directory.GetFiles(directory);
        keys.ShouldNotBeEmpty();
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(directory)
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // An existing directory keeps its mode, so the modes of the files matter as well.
        foreach (var key in keys) File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_host_with_another_key_ring_reports_the_undecryptable_key_and_the_remedy()
    {
        await using var owner = await ApiHost.StartAsync();
        var keyRing = TemporaryDirectory.Make();
        await using (var stranger = await ApiHost.StartAsync(
            owner.ConnectionString, $"--Connectivity:KeyRingDirectory={keyRing}"))
        {
            stranger.Log.Expect(Undecryptable);
            (await stranger.GetAsync("/things")).ShouldBeAwsError(500, "InternalFailureException").Message!
                .ShouldContain("keys create");
            (await stranger.GetAsync("/v1/things/pump/events")).ShouldBeRefusal(500, "InternalFailureException").Detail!
                .ShouldContain("keys create");
            // A caller with an unknown key id learns nothing of the problem.
            var unknown = owner.Administrator with { AccessKeyId = "AKIANOBODYHASTHISKEY" };
            (await new RawRequest("GET", "/things").SignedAs(unknown).SendAsync(stranger))
                .ShouldBeAwsError(403, "UnrecognizedClientException");

            var line = stranger.Log.Lines.First(line => line.Id.Id == Undecryptable);
            line.Level.ShouldBe(LogLevel.Error);
            line.Text.ShouldContain(owner.Administrator.AccessKeyId);
            line.Text.ShouldContain("The command `keys create` makes another");

            // The remedy: a new key.
            var user = await stranger.CreateUserAsync(Policy.AllowAll);
            (await stranger.SendAsync(user, "GET", "/things")).Status.ShouldBe(200);
            owner.Log.Expect(Undecryptable);
        }

        Directory.Delete(keyRing, recursive: true);
        (await owner.GetAsync("/things")).Status.ShouldBe(200);
    }
}
