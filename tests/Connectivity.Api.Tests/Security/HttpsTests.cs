using System.Net;
using Connectivity.Api.Hosting;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Aws.SigV4;
using Connectivity.Testing;
using Connectivity.Testing.SigV4;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Security;

/// <summary>HTTPS and MQTT over TLS, by the settings of the section <c>Connectivity:Tls</c>.</summary>
public sealed class HttpsTests(SecureHost secure) : IDisposable
{
    private const string NamesTheSettings = "Connectivity:Tls:CertificateFile and Connectivity:Tls:PrivateKeyFile can't be read: ";

    private readonly string _directory = TemporaryDirectory.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string CertificateFile => Path.Combine(_directory, "server.pem");

    private string KeyFile => Path.Combine(_directory, "server.key");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Requests_are_answered_over_https_as_over_http()
    {
        var name = await secure.Host.CreateThingAsync();
        using var https = secure.ClientOf(secure.Host.Administrator);
        using var response = await https.GetAsync($"/things/{name}", Ct);
        var answer = await Answer.ReadAsync(response);
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json.Text("thingName").ShouldBe(name);
        using var unsigned = secure.ClientOf(null);
        using var refused = await unsigned.GetAsync($"/things/{name}", Ct);
        (await Answer.ReadAsync(refused)).ShouldBeAwsError(403, "MissingAuthenticationTokenException");
    }

    [Fact]
    public async Task A_body_that_is_not_signed_is_taken_over_https_only()
    {
        foreach (var (address, accepted) in ((Uri, bool)[])[(secure.HttpsAddress, true), (secure.Host.Address, false)])
        {
            var name = $"thing-{Guid.NewGuid():N}";
            var head = new RequestHead("POST", $"/things/{name}");
            head.Add("host", address.Authority);
            secure.Host.Administrator.Signer().Sign(head, DateTimeOffset.UtcNow, [], PayloadSigning.Unsigned);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, head.Target)) { Content = new StringContent("{}") };
            foreach (var (header, value) in head.Headers.Skip(1)) request.Headers.TryAddWithoutValidation(header, value);

            using var http = secure.ClientOf(null);
            using var response = await http.SendAsync(request, Ct);

            var answer = await Answer.ReadAsync(response);
            if (accepted) answer.Status.ShouldBe(200, answer.Body);
            else answer.ShouldBeAwsError(403, "InvalidSignatureException");
            (await secure.Host.GetAsync($"/things/{name}")).Status.ShouldBe(accepted ? 200 : 404);
        }
    }

    [Fact]
    public async Task A_policy_can_ask_for_https()
    {
        var user = await secure.Host.CreateUserAsync(
            """
            {
              "Version": "2012-10-17",
              "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "Bool": { "aws:SecureTransport": "true" } } }
            }
            """);
        using var https = secure.ClientOf(user.Credentials);
        using var allowed = await https.GetAsync("/things", Ct);
        allowed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await secure.Host.SendAsync(user, "GET", "/things")).ShouldBeAwsError(403, "AccessDeniedException");
    }

    [Fact]
    public async Task A_replaced_certificate_is_shown_to_whoever_comes_next_and_one_that_can_not_be_read_is_not()
    {
        var authority = secure.Authority;
        var first = authority.Issue(CertificateFile, KeyFile);
        await using var host = await ApiHost.StartAsync(null, [.. SecureHost.Settings(CertificateFile, KeyFile)]);
        int[] ports = [new Uri(host.Addresses[1]).Port, host.MqttTlsPort];
        async Task<bool> AllShowAsync(string thumbprint) => (await Task.WhenAll(ports.Select(authority.ShownAtAsync))).All(shown => shown == thumbprint);
        (await AllShowAsync(first)).ShouldBeTrue();

        var second = authority.Issue(CertificateFile, KeyFile);
        await Eventually.Is(() => AllShowAsync(second), because: "the new certificate is shown");

        // Half of a renewal: the certificate is another one's.
        host.Log.Expect(10);
        authority.Issue(CertificateFile, Path.Combine(_directory, "other.key"));
        await Eventually.Is(async () =>
        {
            (await AllShowAsync(second)).ShouldBeTrue("the one before stays in force");
            return host.Log.Lines.Any(line => line.Id.Id == 10);
        }, because: "it is tried, and logged");
        host.Log.Lines.First(line => line.Id.Id == 10).Level.ShouldBe(LogLevel.Error);
        File.Delete(KeyFile);
        (await AllShowAsync(second)).ShouldBeTrue();

        var third = authority.Issue(CertificateFile, KeyFile);
        await Eventually.Is(() => AllShowAsync(third), because: "the next good one is shown");
    }

    [Theory]
    [InlineData("--urls=https://127.0.0.1:0")]
    [InlineData("--urls=http://127.0.0.1:0; HTTPS://127.0.0.1:0")]
    public void An_https_address_without_a_certificate_is_refused_with_the_settings_that_are_missing(string urls)
    {
        var message = Should.Throw<StartupException>(() => ConnectivityHost.CreateBuilder([urls], out _)).Message;
        foreach (var setting in (string[])["urls (ASPNETCORE_URLS)", "Connectivity:Tls:CertificateFile", "Connectivity__Tls__PrivateKeyFile"])
            message.ShouldContain(setting);
    }

    [Fact]
    public void A_key_without_a_certificate_is_refused() =>
        Should.Throw<StartupException>(() => ConnectivityHost.CreateBuilder(["--Connectivity:Tls:PrivateKeyFile=server.key"], out _))
            .Message.ShouldBe("Connectivity:Tls:PrivateKeyFile is set, and Connectivity:Tls:CertificateFile is not");

    [Theory]
    [InlineData("nothing", false)]
    [InlineData("nonsense", false)]
    [InlineData("another's key", false)]
    [InlineData("another's key", true)]
    public async Task A_certificate_that_can_not_be_read_at_the_start_is_told_with_its_settings(string error, bool mqttOnly)
    {
        secure.Authority.Issue(CertificateFile, KeyFile);
        if (error == "nothing") File.Delete(CertificateFile);
        else if (error == "nonsense") await File.WriteAllTextAsync(CertificateFile, "nonsense", Ct);
        else secure.Authority.Issue(CertificateFile, Path.Combine(_directory, "other.key"));
        var settings = SecureHost.Settings(CertificateFile, KeyFile);
        if (mqttOnly) settings = settings.Append("--urls=http://127.0.0.1:0");
        (await Should.ThrowAsync<StartupException>(ApiHost.StartAsync(null, [.. settings]))).Message.ShouldStartWith(NamesTheSettings);
    }

    [Fact]
    public async Task Where_signatures_are_asked_for_the_host_listens_where_it_is_told()
    {
        await using var host = await ApiHost.StartAsync(null, "--urls=http://0.0.0.0:0");
        host.Addresses.ShouldHaveSingleItem().ShouldStartWith("http://0.0.0.0:");
        (await host.GetAsync("/things")).Status.ShouldBe(200);
        // Not to be had by a name: only who signs is let in, and by any.
        (await new RawRequest("GET", "/things").SendAsync(host, "status.plant.example")).Status.ShouldBe(200);
        (await new RawRequest("GET", "/things").Unsigned().SendAsync(host)).ShouldBeAwsError(403, "MissingAuthenticationTokenException");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_is_told_to_anybody(string path)
    {
        (await new RawRequest("GET", path).Unsigned().WithHeader("X-Forwarded-For", "192.0.2.1").SendAsync(secure.Host, "lb.plant.example"))
            .Status.ShouldBe(200);
        using var https = secure.ClientOf(null);
        (await https.GetStringAsync(path, Ct)).ShouldBe("Healthy");
    }
}
