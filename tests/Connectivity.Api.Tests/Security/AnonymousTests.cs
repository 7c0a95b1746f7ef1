using Connectivity.Api.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Security;

/// <summary>The development switch, which turns authentication off and logs a warning.</summary>
public sealed class AnonymousTests(AnonymousHost anonymous, IndexingHost indexing)
{
    private const int AnonymousAllowed = 6;

    private ApiHost Host => anonymous.Host;

    [Fact]
    public async Task With_AllowAnonymous_every_request_is_allowed_without_a_valid_signature()
    {
        var name = $"thing-{Guid.NewGuid():N}";
        (await new RawRequest("POST", $"/things/{name}").Unsigned().WithBody("{}").SendAsync(Host))
            .Json.Text("thingArn").ShouldBe($"arn:aws:iot:us-east-1:{Users.Account}:thing/{name}");
        ApiHost.Outcomes(await new RawRequest("POST", "/v1/lifecycle-events?import=true").Unsigned()
            .WithBody(Event.Connected(name, at: DateTimeOffset.UtcNow.AddDays(-1)).ToJsonString()).SendAsync(Host))
            .ShouldBe([("accepted", null)]);
        (await new RawRequest("GET", $"/v1/things/{name}/connectivity").Unsigned().SendAsync(Host))
            .Status.ShouldBe(200);
        var unknown = new Credentials("AKIANOBODYHASTHISKEY", "any");
        (await new RawRequest("GET", $"/things/{name}").SignedAs(unknown).SendAsync(Host)).Status.ShouldBe(200);
    }

    [Fact]
    public void AllowAnonymous_is_logged_as_a_warning_where_it_is_on()
    {
        var line = Host.Log.Lines.Where(line => line.Id.Id == AnonymousAllowed).ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Warning);
        line.Text.ShouldContain("Connectivity:AllowAnonymous is on");
        indexing.Host.Log.Lines.ShouldNotContain(line => line.Id.Id == AnonymousAllowed);
    }
}
