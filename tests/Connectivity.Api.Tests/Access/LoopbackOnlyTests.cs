using Connectivity.Api.Hosting;
using Connectivity.Api.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Access;

/// <summary>While requests are not authenticated, only this machine reaches the host, unless it is told otherwise.</summary>
public sealed class LoopbackOnlyTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:8080")]
    [InlineData("http://[::]:0")]
    [InlineData("http://192.0.2.1:80")]
    [InlineData("http://plant.example:80")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public void An_address_that_others_can_reach_is_refused(string urls)
    {
        var message = Should.Throw<StartFailure>(() => ConnectivityHost.CreateBuilder(["--urls", urls], out _)).Message;
        message.ShouldStartWith($"urls (ASPNETCORE_URLS) is {urls.Split(';')[^1]}, which others than this machine can reach");
        message.ShouldContain("set Connectivity:AllowAnonymous (Connectivity__AllowAnonymous) to true");
    }

    [Fact]
    public void So_is_one_of_kestrels_own_endpoints() =>
        Should.Throw<StartFailure>(() => ConnectivityHost.CreateBuilder(["--Kestrel:Endpoints:Extra:Url=http://0.0.0.0:0"], out _))
            .Message.ShouldContain("http://0.0.0.0:0");

    [Fact]
    public async Task A_port_alone_opens_no_address()
    {
        // The images of ASP.NET Core set it, and by itself it means every address of the machine.
        await using var host = await ApiHost.StartAsync(null, "--http_ports=0");
        host.Addresses.ShouldHaveSingleItem().ShouldStartWith("http://127.0.0.1:");
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public void An_mqtt_address_that_others_can_reach_is_refused(string address)
    {
        Should.Throw<StartFailure>(() => ConnectivityHost.CreateBuilder([$"--Connectivity:Mqtt:Address={address}"], out _))
            .Message.ShouldStartWith($"Connectivity:Mqtt:Address is {address}, which others than this machine can reach");
        Should.NotThrow(
            () => ConnectivityHost.CreateBuilder([$"--Connectivity:Mqtt:Address={address}", "--Connectivity:Mqtt:Enabled=false"], out _));
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.8.9.10:0")]
    [InlineData("http://localhost:8080")]
    [InlineData("http://[::1]:0")]
    public void Loopback_is_served(string urls) => Should.NotThrow(() => ConnectivityHost.CreateBuilder(["--urls", urls], out _));

    [Fact]
    public async Task Where_it_is_allowed_the_host_listens_everywhere_and_warns()
    {
        await using var host = await ApiHost.StartAsync(
            null, "--urls=http://0.0.0.0:0", "--Connectivity:Mqtt:Address=0.0.0.0", "--Connectivity:AllowAnonymous=true");
        host.Log.Lines.ShouldContain(line =>
            line.Level == LogLevel.Warning && line.Text.Contains("Connectivity:AllowAnonymous lets the host listen beyond loopback"));
    }
}
