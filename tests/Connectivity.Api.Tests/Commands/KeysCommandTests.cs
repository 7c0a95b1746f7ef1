using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Commands;

/// <summary>The command <c>keys</c> as a user types it, while a host is running.</summary>
public sealed partial class KeysCommandTests(AccessHost access)
{
    private const string Time = @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ";

    private ApiHost Host => access.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_printed_once_and_works_until_it_is_disabled()
    {
        var name = NewName();
        var profile = (await RunAsync("create", name)).ShouldSucceed();
        profile.ShouldMatch(
            $@"\A\[{name}\]\naws_access_key_id = AKIA[A-Z2-7]{{16}}\naws_secret_access_key = [A-Za-z0-9+/]{{40}}\z");
        var user = new User(Users.Account, name, Credentials.Parse(profile));
        var id = user.Credentials.AccessKeyId;
        await Eventually.Is(async () => await CodeAsync(user) == "AccessDeniedException", because: "the key is known");

        (await RunAsync("disable", id)).ShouldSucceed().ShouldBe($"{id} is disabled.");
        await Eventually.Is(
            async () => await CodeAsync(user) == "UnrecognizedClientException", because: "the key is disabled");
        (await RunAsync("list")).ShouldSucceed().Split('\n')
            .Where(line => line.StartsWith(id)).ShouldHaveSingleItem()
            .ShouldMatch($@"^{id}  {name}  disabled  since {Time}$");
    }

    [Fact]
    public async Task A_deleted_key_is_no_longer_accepted()
    {
        var user = await Host.CreateUserAsync(Policy.AllowAll);
        var id = user.Credentials.AccessKeyId;
        (await RunAsync("delete", id)).ShouldSucceed().ShouldBe($"{id} is deleted.");
        await Eventually.Is(
            async () => await CodeAsync(user) == "UnrecognizedClientException", because: "the key is deleted");
        (await Host.Keys().ListAsync(Ct)).ShouldNotContain(key => key.AccessKeyId == id);
    }

    [Fact]
    public async Task A_temporary_key_has_a_session_token_and_an_expiry()
    {
        var name = NewName();
        var account = AccessHost.NewAccount();
        var profile = (await RunAsync("create", name, "--duration", "900", "--account", account)).ShouldSucceed();
        var user = new User(account, name, Credentials.Parse(profile));
        user.Credentials.AccessKeyId.ShouldStartWith("ASIA");
        user.Credentials.SessionToken.ShouldNotBeNullOrEmpty();

        var stored = (await Host.Keys().ListAsync(Ct)).Single(key => key.AccessKeyId == user.Credentials.AccessKeyId);
        stored.AccountId.ShouldBe(account);
        stored.ExpiresAt!.Value.ShouldBe(DateTimeOffset.UtcNow.AddMinutes(15), TimeSpan.FromMinutes(1));
        await Eventually.Is(
            async () => await CodeAsync(user) == "AccessDeniedException", because: "the key and its token are known");
        (await CodeAsync(user with { Credentials = user.Credentials with { SessionToken = null } }))
            .ShouldBe("UnrecognizedClientException");
        (await RunAsync("rotate", user.Credentials.AccessKeyId))
            .ShouldFail("A temporary key can't be rotated: create another.");
    }

    [Fact]
    public async Task A_rotated_key_stays_valid_for_an_hour_beside_its_successor()
    {
        var old = await Host.CreateUserAsync(Policy.AllowAll);
        var profile = (await RunAsync("rotate", old.Credentials.AccessKeyId)).ShouldSucceed();
        var successor = old with { Credentials = Credentials.Parse(profile) };
        successor.Credentials.AccessKeyId.ShouldNotBe(old.Credentials.AccessKeyId);
        // The successor has the policies of its user.
        await Eventually.Is(async () => await CodeAsync(successor) is null, because: "the successor is known");
        (await CodeAsync(old)).ShouldBeNull();

        var until = Until().Match((await RunAsync("list", old.Name)).ShouldSucceed());
        until.Groups[1].Value.ShouldBe(old.Credentials.AccessKeyId);
        DateTimeOffset.Parse(until.Groups[2].Value)
            .ShouldBe(DateTimeOffset.UtcNow.AddHours(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_key_that_is_rotated_without_overlap_expires_at_once()
    {
        var old = await Host.CreateUserAsync(Policy.AllowAll);
        var profile = (await RunAsync("rotate", old.Credentials.AccessKeyId, "--overlap", "0")).ShouldSucceed();
        await Eventually.Is(
            async () => await CodeAsync(old) == "ExpiredTokenException", because: "the old key expires");
        (await CodeAsync(old with { Credentials = Credentials.Parse(profile) })).ShouldBeNull();
    }

    [Theory]
    [InlineData("The first argument must be one of create, list, disable, delete, rotate.", "make", "ann")]
    [InlineData("A user's name has the form [A-Za-z0-9_+=,.@-]{1,64}.", "create", "ann smith")]
    [InlineData("A temporary key lasts 900 to 129600 seconds.", "create", "ann", "--duration", "an-hour")]
    [InlineData("There is no such access key.", "rotate", "AKIANOBODYHASTHISKEY")]
    [InlineData("Unknown argument or flag for value --forever", "create", "ann", "--forever")]
    public async Task Bad_usage_of_the_keys_command_prints_the_reason_and_changes_nothing(
        string reason, params string[] command)
    {
        (await RunAsync(command)).ShouldFail(reason);
        (await Host.Keys().ListAsync(Ct)).ShouldNotContain(key => key.UserName.StartsWith("ann"));
    }

    private static string NewName() => $"user-{Guid.NewGuid():N}";

    private Task<CommandAnswer> RunAsync(params string[] command) =>
        HostProcess.RunAsync(Host.DataDirectory, Host.ConnectionString, ["keys", .. command]);

    /// <summary>The error code of the host's answer to the user; null when the request succeeds.</summary>
    private async Task<string?> CodeAsync(User user) =>
        (await Host.SendAsync(user, "GET", "/indices")).Header("x-amzn-ErrorType");

    [GeneratedRegex(@"^(\S+)  .*  until (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Until();
}
