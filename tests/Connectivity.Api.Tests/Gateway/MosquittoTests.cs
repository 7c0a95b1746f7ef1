using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>Clients of another vendor: Mosquitto's, with both kinds of credentials over TLS.</summary>
public sealed class MosquittoTests(SecureHost secure) : IDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Mosquitto_clients_connect_with_a_certificate_and_with_a_password(string version)
    {
        var (pump, valve) = (await secure.Host.CreateThingAsync(), await secure.Host.CreateThingAsync());
        using var certificate = CertificateAuthority.SelfSigned(pump);
        await secure.Host.RegisterAsync(pump, certificate);
        var password = (await secure.Host.CreatePasswordAsync(valve))!;
        var key = certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        string[] own =
        [
            "--cert", await WriteAsync("pump.pem", certificate.ExportCertificatePem()),
            "--key", await WriteAsync("pump.key", key),
        ];

        using var subscriber = Start("mosquitto_sub", version, ["-i", pump, "-t", $"plant/{valve}", "-C", "1", .. own]);
        await Eventually.Is(() => secure.Host.IsConnectedAsync(pump), because: "the subscriber is connected");
        // The first messages may be published before the subscription is in place.
        await Eventually.Is(
            async () => await PublishAsync(password) == 0 && subscriber.HasExited, because: "the message is received");
        (await subscriber.StandardOutput.ReadToEndAsync(Ct)).ShouldBe("21.5\n");
        (await PublishAsync("wrong")).ShouldNotBe(0);

        async Task<int> PublishAsync(string with)
        {
            using var publisher = Start(
                "mosquitto_pub", version, "-i", valve, "-u", valve, "-P", with, "-t", $"plant/{valve}", "-m", "21.5",
                "-q", "1");
            await publisher.WaitForExitAsync(Ct);
            return publisher.ExitCode;
        }
    }

    private Process Start(string program, string version, params string[] arguments)
    {
        string[] all =
        [
            "-h", "127.0.0.1", "-p", $"{secure.Host.MqttTlsPort}", "-V", version, "--cafile", secure.TrustFile,
            .. arguments,
        ];
        return Process.Start(new ProcessStartInfo(Prerequisite.MosquittoClient(program), all)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private async Task<string> WriteAsync(string name, string content)
    {
        var path = Path.Combine(_directory, name);
        await File.WriteAllTextAsync(path, content, Ct);
        return path;
    }
}
