using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using Connectivity.Testing;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

/// <summary>Tests the gateway with the clients of Mosquitto, each in its own process.</summary>
public sealed class MosquittoTests
{
    [Fact]
    public async Task A_frozen_client_is_timed_out()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        await Task.WhenAll(new[] { "mqttv311", "mqttv5" }.Select(async version =>
        {
            using var client = Mosquitto.Start(
                "mosquitto_sub", gateway.Port, version, "-i", version, "-k", "5", "-t", "plant");
            await gateway.Sink.ConnectOf(version);
            client.Signal("STOP");

            var disconnect = await gateway.Sink.DisconnectOf(version);
            disconnect.Reason.ShouldBe(DisconnectReason.MqttKeepAliveTimeout);
            var connect = await gateway.Sink.ConnectOf(version);
            connect.Session.KeepAliveDuration.ShouldBe(5);
            (disconnect.OccurredAt - connect.OccurredAt).ShouldBeInRange(
                TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(20));
        }));
    }

    [Fact]
    public async Task A_killed_client_is_reported_as_connection_lost()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = Mosquitto.Start("mosquitto_sub", gateway.Port, "mqttv311", "-i", "pump", "-t", "plant");
        await gateway.Sink.ConnectOf("pump");
        client.Signal("KILL");
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ConnectionLost);
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_message_is_published_and_received(string version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var subscriber = Mosquitto.Start(
            "mosquitto_sub", gateway.Port, version, "-i", "display", "-t", "plant/#", "-q", "2", "-C", "1");
        await gateway.Sink.ConnectOf("display");
        var probe = await gateway.ConnectAsync("probe", MqttProtocolVersion.V311);
        await probe.SubscribeAsync("plant/#");
        for (var i = 0; !subscriber.HasExited; i++)
        {
            // The subscription may not be active yet at the first message.
            using var publisher = Mosquitto.Start(
                "mosquitto_pub", gateway.Port, version, "-i", "pump", "-t", "plant/7", "-m", "21.5", "-q", "2", "-r");
            await publisher.UntilExited();
            await probe.UntilReceived(i + 1);
            (await gateway.Sink.DisconnectOf("pump", i)).Reason.ShouldBe(DisconnectReason.ClientInitiatedDisconnect);
        }

        (await subscriber.OutputAsync()).ShouldBe("21.5\n");
        (await gateway.Sink.DisconnectOf("display")).Reason.ShouldBe(DisconnectReason.ClientInitiatedDisconnect);
    }

    [Fact]
    public async Task Mosquitto_receives_presence_messages()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var subscriber = Mosquitto.Start(
            "mosquitto_sub", gateway.Port, "mqttv5",
            "-i", "display", "-t", "$aws/events/presence/connected/+", "-C", "1");
        await gateway.Sink.ConnectOf("display");
        while (!subscriber.HasExited)
        {
            using var publisher = Mosquitto.Start(
                "mosquitto_pub", gateway.Port, "mqttv5", "-i", "pump", "-t", "plant/7", "-m", "21.5");
            await publisher.UntilExited();
        }

        (await subscriber.OutputAsync()).ShouldContain("\"eventType\":\"connected\"");
    }

    [Theory]
    [InlineData("tlsv1.2")]
    [InlineData("tlsv1.3")]
    public async Task Mosquitto_connects_with_a_certificate(string tls)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { TlsPort = 0, Certificate = Certificates.Context });
        var subjects = new ConcurrentQueue<string?>();
        gateway.Access.Answer(claim =>
        {
            subjects.Enqueue(claim.ClientCertificate?.Subject);
            return TestAccess.Admit(new TestIdentity());
        });
        using var own = Certificates.SelfSigned("pump", -1, 1);
        var directory = TemporaryDirectory.Make();
        string File(string name, string content)
        {
            var path = Path.Combine(directory, name);
            System.IO.File.WriteAllText(path, content);
            return path;
        }

        string[] secured =
        [
            "--cafile", File("server.pem", Certificates.Server.ExportCertificatePem()),
            "--cert", File("pump.pem", own.ExportCertificatePem()),
            "--key", File("pump.key", own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()), "--tls-version", tls,
        ];
        var port = gateway.Service.TlsPort;
        using var subscriber = Mosquitto.Start(
            "mosquitto_sub", port, "mqttv5", ["-i", "pump", "-t", "plant", "-C", "1", .. secured]);
        await gateway.Sink.ConnectOf("pump");
        while (!subscriber.HasExited)
        {
            using var publisher = Mosquitto.Start(
                "mosquitto_pub", port, "mqttv311",
                ["-i", "valve", "-t", "plant", "-m", "21.5", "-q", "1", .. secured[..2]]);
            await publisher.UntilExited();
        }

        (await subscriber.OutputAsync()).ShouldBe("21.5\n");
        subjects.ShouldContain("CN=pump");
        subjects.ShouldContain((string?)null);
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ClientInitiatedDisconnect);
        (await gateway.Sink.DisconnectOf("valve")).Reason.ShouldBe(DisconnectReason.ClientInitiatedDisconnect);
        Directory.Delete(directory, recursive: true);
    }

    private sealed class Mosquitto : IDisposable
    {
        private readonly Process _process;

        private Mosquitto(Process process) => _process = process;

        public bool HasExited => _process.HasExited;

        public static Mosquitto Start(string program, int port, string version, params string[] arguments)
        {
            var path = Prerequisite.MosquittoClient(program);
            string[] all = ["-h", "127.0.0.1", "-p", $"{port}", "-V", version, .. arguments];
            return new Mosquitto(Process.Start(
                new ProcessStartInfo(path, all) { RedirectStandardOutput = true, RedirectStandardError = true })!);
        }

        public void Signal(string signal) => Process.Start("kill", [$"-{signal}", $"{_process.Id}"]).WaitForExit();

        public Task UntilExited() => _process.WaitForExitAsync(TestContext.Current.CancellationToken);

        public Task<string> OutputAsync() =>
            _process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                // A stopped process must be continued before it can exit.
                Signal("CONT");
                _process.Kill();
                _process.WaitForExit();
            }

            _process.Dispose();
        }
    }
}
