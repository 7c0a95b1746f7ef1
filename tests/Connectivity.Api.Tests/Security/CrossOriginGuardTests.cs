using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// Where unsigned requests are accepted, no web page can read or change anything through its visitor's browser.
/// </summary>
public sealed class CrossOriginGuardTests(AnonymousHost anonymous, IndexingHost indexing)
{
    private const string ForeignName =
        "The request calls the host by a name that is not in the setting Connectivity:AllowedHosts.";
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
    public async Task Refuses_a_foreign_host_name_in_the_form_of_the_surface(string name)
    {
        (await Request("GET", "/things").SendAsync(Host, name))
            .ShouldBeAwsError(403, "AccessDeniedException", ForeignName);
        (await Request("GET", "/v1/things/pump/events").SendAsync(Host, name)).ShouldBeProblem(403, ForeignName);
        (await Request("GET", "/metrics").SendAsync(Host, name)).Status.ShouldBe(403);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:80")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8080")]
    public async Task Answers_a_loopback_host_name(string name) =>
        (await Request("GET", "/indices").SendAsync(Host, name)).Status.ShouldBe(200);

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("")]
    public async Task Refuses_a_foreign_origin_in_the_form_of_the_surface(string origin)
    {
        (await Request("POST", "/indexing/config").WithHeader("Origin", origin).WithBody("{}").SendAsync(Host))
            .ShouldBeAwsError(403, "AccessDeniedException", ForeignOrigin);
        (await Request("POST", "/v1/lifecycle-events").WithHeader("Origin", origin).WithBody("[]").SendAsync(Host))
            .ShouldBeProblem(403, ForeignOrigin);
    }

    [Fact]
    public async Task Refuses_two_origins_of_which_one_is_foreign() =>
        (await Request("GET", "/indices")
            .WithHeader("Origin", $"http://{Own}").WithHeader("Origin", "https://evil.example").SendAsync(Host))
            .Status.ShouldBe(403);

    [Fact]
    public async Task Refuses_a_cross_site_request_in_the_form_of_the_surface()
    {
        (await Request("GET", "/things").WithHeader("Sec-Fetch-Site", "cross-site").SendAsync(Host))
            .ShouldBeAwsError(403, "AccessDeniedException", ForeignSite);
        (await Request("GET", "/v1/things/pump/events").WithHeader("Sec-Fetch-Site", "cross-site").SendAsync(Host))
            .ShouldBeProblem(403, ForeignSite);
    }

    [Theory]
    [InlineData("same-origin")]
    [InlineData("none")]
    public async Task Answers_the_hosts_own_pages_and_the_address_bar(string site) =>
        (await Request("GET", "/indices")
            .WithHeader("Sec-Fetch-Site", site).WithHeader("Origin", $"http://{Own}").SendAsync(Host))
            .Status.ShouldBe(200);

    [Fact]
    public async Task A_refused_web_page_changes_nothing()
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
    public async Task AllowedHosts_sets_the_accepted_host_names()
    {
        await using var host = await ApiHost.StartAsync(
            null, "--Connectivity:AllowAnonymous=true", "--Connectivity:AllowedHosts=status.plant.example;localhost");
        (await Request("GET", "/indices").SendAsync(host, "status.plant.example:443")).Status.ShouldBe(200);
        (await Request("GET", "/indices").SendAsync(host, "127.0.0.1")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Accepts_a_signed_request_under_any_host_name_and_origin() =>
        (await new RawRequest("GET", "/indices").WithHeader("Origin", "https://console.plant.example")
            .SendAsync(indexing.Host, "status.plant.example:443")).Status.ShouldBe(200);

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task Refuses_web_pages_where_loopback_needs_no_signature(string path)
    {
        (await Request("GET", path).SendAsync(indexing.Host, "evil.example")).ShouldBeProblem(403, ForeignName);
        (await Request("GET", path).WithHeader("Origin", "https://evil.example").SendAsync(indexing.Host))
            .ShouldBeProblem(403, ForeignOrigin);
    }

    private static RawRequest Request(string method, string target) => new RawRequest(method, target).Unsigned();
}
