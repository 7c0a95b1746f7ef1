using System.Net;
using Connectivity.Api.Hosting;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Aws.SigV4;
using Connectivity.Testing;
using Connectivity.Testing.SigV4;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Security;

/// <summary>HTTPS and MQTT over TLS, with the settings of the section <c>Connectivity:Tls</c>.</summary>
public sealed class HttpsTests(SecureHost secure) : IDisposable
{
    private const string NamesTheSettings =
        "Connectivity:Tls:CertificateFile and Connectivity:Tls:PrivateKeyFile can't be read: ";

    private readonly string _directory = TemporaryDirectory.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string CertificateFile => Path.Combine(_directory, "server.pem");

    private string KeyFile => Path.Combine(_directory, "server.key");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Answers_requests_over_https_as_over_http()
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
    public async Task Accepts_an_unsigned_body_only_over_https()
    {
        foreach (var (address, accepted) in ((Uri, bool)[])[(secure.HttpsAddress, true), (secure.Host.Address, false)])
        {
            var name = $"thing-{Guid.NewGuid():N}";
            var head = new RequestHead("POST", $"/things/{name}");
            head.Add("host", address.Authority);
            secure.Host.Administrator.Signer().Sign(head, DateTimeOffset.UtcNow, [], PayloadSigning.Unsigned);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, head.Target))
            {
                Content = new StringContent("{}"),
            };
            foreach (var (header, value) in head.Headers.Skip(1))
                request.Headers.TryAddWithoutValidation(header, value);

            using var http = secure.ClientOf(null);
            using var response = await http.SendAsync(request, Ct);

            var answer = await Answer.ReadAsync(response);
            if (accepted) answer.Status.ShouldBe(200, answer.Body);
            else answer.ShouldBeAwsError(403, "InvalidSignatureException");
            (await secure.Host.GetAsync($"/things/{name}")).Status.ShouldBe(accepted ? 200 : 404);
        }
    }

    [Fact]
    public async Task A_policy_can_require_https()
    {
        var user = await secure.Host.CreateUserAsync(
            """
            {
              "Version": "2012-10-17",
              "Statement": {
                "Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": { "Bool": { "aws:SecureTransport": "true" } }
              }
            }
            """);
        using var https = secure.ClientOf(user.Credentials);
        using var allowed = await https.GetAsync("/things", Ct);
        allowed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await secure.Host.SendAsync(user, "GET", "/things")).ShouldBeAwsError(403, "AccessDeniedException");
    }

    [Fact]
    public async Task New_connections_get_a_replaced_certificate_unless_it_can_not_be_read()
    {
        var authority = secure.Authority;
        var first = authority.Issue(CertificateFile, KeyFile);
        await using var host = await ApiHost.StartAsync(null, [.. SecureHost.Settings(CertificateFile, KeyFile)]);
        int[] ports = [new Uri(host.Addresses[1]).Port, host.MqttTlsPort];
        async Task<bool> AllPresentAsync(string thumbprint) =>
            (await Task.WhenAll(ports.Select(authority.PresentedAtAsync))).All(presented => presented == thumbprint);
        (await AllPresentAsync(first)).ShouldBeTrue();

        var second = authority.Issue(CertificateFile, KeyFile);
        await Eventually.Is(() => AllPresentAsync(second), because: "the new certificate is presented");

        // An incomplete renewal: the certificate does not match the key.
        host.Log.Expect(10);
        authority.Issue(CertificateFile, Path.Combine(_directory, "other.key"));
        await Eventually.Is(async () =>
        {
            (await AllPresentAsync(second)).ShouldBeTrue("the previous certificate stays in use");
            return host.Log.Lines.Any(line => line.Id.Id == 10);
        }, because: "the failed attempt is logged");
        host.Log.Lines.First(line => line.Id.Id == 10).Level.ShouldBe(LogLevel.Error);
        File.Delete(KeyFile);
        (await AllPresentAsync(second)).ShouldBeTrue();

        var third = authority.Issue(CertificateFile, KeyFile);
        await Eventually.Is(() => AllPresentAsync(third), because: "the next valid certificate is presented");
    }

    [Theory]
    [InlineData("--urls=https://127.0.0.1:0")]
    [InlineData("--urls=http://127.0.0.1:0; HTTPS://127.0.0.1:0")]
    public void Refuses_an_https_address_without_a_certificate_naming_the_missing_settings(string urls)
    {
        var message = Should.Throw<StartupException>(() => ConnectivityHost.CreateBuilder([urls], out _)).Message;
        string[] settings =
            ["urls (ASPNETCORE_URLS)", "Connectivity:Tls:CertificateFile", "Connectivity__Tls__PrivateKeyFile"];
        foreach (var setting in settings) message.ShouldContain(setting);
    }

    [Fact]
    public void Refuses_a_private_key_without_a_certificate() =>
        Should.Throw<StartupException>(
            () => ConnectivityHost.CreateBuilder(["--Connectivity:Tls:PrivateKeyFile=server.key"], out _))
            .Message.ShouldBe("Connectivity:Tls:PrivateKeyFile is set, and Connectivity:Tls:CertificateFile is not");

    [Theory]
    [InlineData("nothing", false)]
    [InlineData("nonsense", false)]
    [InlineData("another's key", false)]
    [InlineData("another's key", true)]
    public async Task Fails_to_start_naming_the_settings_when_the_certificate_can_not_be_read(
        string error, bool mqttOnly)
    {
        secure.Authority.Issue(CertificateFile, KeyFile);
        if (error == "nothing") File.Delete(CertificateFile);
        else if (error == "nonsense") await File.WriteAllTextAsync(CertificateFile, "nonsense", Ct);
        else secure.Authority.Issue(CertificateFile, Path.Combine(_directory, "other.key"));
        var settings = SecureHost.Settings(CertificateFile, KeyFile);
        if (mqttOnly) settings = settings.Append("--urls=http://127.0.0.1:0");
        (await Should.ThrowAsync<StartupException>(ApiHost.StartAsync(null, [.. settings]))).Message
            .ShouldStartWith(NamesTheSettings);
    }

    [Fact]
    public async Task With_authentication_the_host_listens_on_every_configured_address()
    {
        await using var host = await ApiHost.StartAsync(null, "--urls=http://0.0.0.0:0");
        host.Addresses.ShouldHaveSingleItem().ShouldStartWith("http://0.0.0.0:");
        (await host.GetAsync("/things")).Status.ShouldBe(200);
        // A signed request may use any host name.
        (await new RawRequest("GET", "/things").SendAsync(host, "status.plant.example")).Status.ShouldBe(200);
        (await new RawRequest("GET", "/things").Unsigned().SendAsync(host))
            .ShouldBeAwsError(403, "MissingAuthenticationTokenException");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_checks_need_no_authentication(string path)
    {
        var proxied = new RawRequest("GET", path).Unsigned().WithHeader("X-Forwarded-For", "192.0.2.1");
        (await proxied.SendAsync(secure.Host, "lb.plant.example")).Status.ShouldBe(200);
        using var https = secure.ClientOf(null);
        (await https.GetStringAsync(path, Ct)).ShouldBe("Healthy");
    }
}
