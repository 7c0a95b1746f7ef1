using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>Where requests are let in unsigned, no web page makes its visitor's browser ask or change anything.</summary>
public sealed class CrossOriginGuardTests(AnonymousHost anonymous, IndexingHost indexing)
{
    private const string ForeignName = "The request calls the host by a name that is not in the setting Connectivity:AllowedHosts.";
    private const string ForeignOrigin = "The request comes from a web page of another origin.";
    private const string ForeignSite = "The request comes from a web page of another site.";

    private ApiHost Host => anonymous.Host;

    private string Own => Host.Address.Authority;

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8080")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.2")]
    [InlineData("[::2]")]
    [InlineData("")]
    public async Task A_foreign_name_of_the_host_is_refused_in_the_form_of_the_surface(string name)
    {
        (await Request("GET", "/things").SendAsync(Host, name)).ShouldBeAwsError(403, "AccessDeniedException", ForeignName);
        (await Request("GET", "/v1/things/pump/events").SendAsync(Host, name)).ShouldBeProblem(403, ForeignName);
        (await Request("GET", "/metrics").SendAsync(Host, name)).Status.ShouldBe(403);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:80")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8080")]
    public async Task A_name_of_this_machine_is_answered(string name) =>
        (await Request("GET", "/indices").SendAsync(Host, name)).Status.ShouldBe(200);

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("")]
    public async Task A_foreign_origin_is_refused_in_the_form_of_the_surface(string origin)
    {
        (await Request("POST", "/indexing/config").WithHeader("Origin", origin).WithBody("{}").SendAsync(Host))
            .ShouldBeAwsError(403, "AccessDeniedException", ForeignOrigin);
        (await Request("POST", "/v1/lifecycle-events").WithHeader("Origin", origin).WithBody("[]").SendAsync(Host))
            .ShouldBeProblem(403, ForeignOrigin);
    }

    [Fact]
    public async Task Of_two_origins_the_foreign_one_counts() =>
        (await Request("GET", "/indices")
            .WithHeader("Origin", $"http://{Own}").WithHeader("Origin", "https://evil.example").SendAsync(Host)).Status.ShouldBe(403);

    [Fact]
    public async Task What_the_browser_calls_cross_site_is_refused_in_the_form_of_the_surface()
    {
        (await Request("GET", "/things").WithHeader("Sec-Fetch-Site", "cross-site").SendAsync(Host))
            .ShouldBeAwsError(403, "AccessDeniedException", ForeignSite);
        (await Request("GET", "/v1/things/pump/events").WithHeader("Sec-Fetch-Site", "cross-site").SendAsync(Host))
            .ShouldBeProblem(403, ForeignSite);
    }

    [Theory]
    [InlineData("same-origin")]
    [InlineData("none")]
    public async Task The_hosts_own_pages_and_the_address_bar_are_answered(string site) =>
        (await Request("GET", "/indices").WithHeader("Sec-Fetch-Site", site).WithHeader("Origin", $"http://{Own}").SendAsync(Host))
            .Status.ShouldBe(200);

    [Fact]
    public async Task A_refused_page_changes_nothing()
    {
        var name = await Host.CreateThingAsync();
        (await Request("DELETE", $"/things/{name}").WithHeader("Origin", "https://evil.example").SendAsync(Host))
            .Status.ShouldBe(403);
        (await Request("POST", "/v1/lifecycle-events")
            .WithHeader("Sec-Fetch-Site", "cross-site").WithBody(Event.Connected(name).ToJsonString()).SendAsync(Host))
            .Status.ShouldBe(403);
        (await Host.IsConnectedAsync(name)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_further_name_can_be_allowed()
    {
        await using var host = await ApiHost.StartAsync(
            null, "--Connectivity:AllowAnonymous=true", "--Connectivity:AllowedHosts=status.plant.example;localhost");
        (await Request("GET", "/indices").SendAsync(host, "status.plant.example:443")).Status.ShouldBe(200);
        (await Request("GET", "/indices").SendAsync(host, "127.0.0.1")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task What_is_signed_is_no_web_page_and_may_call_the_host_by_any_name() =>
        (await new RawRequest("GET", "/indices").WithHeader("Origin", "https://console.plant.example")
            .SendAsync(indexing.Host, "status.plant.example:443")).Status.ShouldBe(200);

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task What_this_machine_may_read_unsigned_no_web_page_may(string path)
    {
        (await Request("GET", path).SendAsync(indexing.Host, "evil.example")).ShouldBeProblem(403, ForeignName);
        (await Request("GET", path).WithHeader("Origin", "https://evil.example").SendAsync(indexing.Host)).ShouldBeProblem(403, ForeignOrigin);
    }

    private static RawRequest Request(string method, string target) => new RawRequest(method, target).Unsigned();
}
