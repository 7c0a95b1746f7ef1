using Connectivity.Api.Hosting;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Security;

/// <summary>The keys that secrets are encrypted with: outside the database, and the same for all hosts on it.</summary>
public sealed class KeyRingTests
{
    private const int Undecryptable = 400;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData()]
    [InlineData("--Connectivity:KeyRingDirectory=")]
    public void With_a_configured_database_a_start_without_a_shared_key_ring_fails_naming_the_setting(params string[] settings)
    {
        const string Database = "Host=127.0.0.1;Database=connectivity";
        var builder = ConnectivityHost.CreateBuilder([$"--ConnectionStrings:Connectivity={Database}", .. settings], out var options);
        Should.Throw<StartupException>(() => ConnectivityHost.Build(builder, options, Database)).Message.ShouldStartWith(
            "Connectivity:KeyRingDirectory (Connectivity__KeyRingDirectory) is not set.");
    }

    [Fact]
    public async Task The_keys_are_in_a_directory_that_only_its_owner_enters()
    {
        await using var host = await ApiHost.StartAsync();
        var directory = Path.Combine(host.DataDirectory, "keyring");
        var keys = Directory.GetFiles(directory);
        keys.ShouldNotBeEmpty();
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Where the directory was there before, its rights are its owner's business, and these count.
        foreach (var key in keys) File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_host_with_a_key_ring_of_its_own_says_that_it_can_not_decrypt_and_what_to_do()
    {
        await using var owner = await ApiHost.StartAsync();
        var keyRing = TemporaryDirectory.Make();
        await using (var stranger = await ApiHost.StartAsync(owner.ConnectionString, $"--Connectivity:KeyRingDirectory={keyRing}"))
        {
            stranger.Log.Expect(Undecryptable);
            (await stranger.GetAsync("/things")).ShouldBeAwsError(500, "InternalFailureException").Message!.ShouldContain("keys create");
            (await stranger.GetAsync("/v1/things/pump/events")).ShouldBeRefusal(500, "InternalFailureException").Detail!.ShouldContain("keys create");
            // Whoever does not have the key id learns nothing of it.
            (await new RawRequest("GET", "/things").SignedAs(owner.Administrator with { AccessKeyId = "AKIANOBODYHASTHISKEY" }).SendAsync(stranger))
                .ShouldBeAwsError(403, "UnrecognizedClientException");

            var line = stranger.Log.Lines.First(line => line.Id.Id == Undecryptable);
            line.Level.ShouldBe(LogLevel.Error);
            line.Text.ShouldContain(owner.Administrator.AccessKeyId);
            line.Text.ShouldContain("The command `keys create` makes another");

            // The way out.
            var user = await stranger.CreateUserAsync(Policy.AllowAll);
            (await stranger.SendAsync(user, "GET", "/things")).Status.ShouldBe(200);
            owner.Log.Expect(Undecryptable);
        }

        Directory.Delete(keyRing, recursive: true);
        (await owner.GetAsync("/things")).Status.ShouldBe(200);
    }
}
