using Connectivity.Api.Hosting;
using Connectivity.Api.Lifetime;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>Settings with which the host can't start.</summary>
public sealed class ConnectivityOptionsTests
{
    [Fact]
    public void Lists_all_settings_out_of_range_in_one_error() =>
        Should.Throw<StartupException>(() => ConnectivityHost.CreateBuilder(
        ["--Connectivity:Account=12", "--Connectivity:Region=a/b", "--Connectivity:Mqtt:Address=everywhere",
            "--Connectivity:Mqtt:Port=70000", "--Connectivity:Mqtt:Lease=00:00:01"], out _))
        .Message.ShouldBe(string.Join(Environment.NewLine,
            "Connectivity:Account must be twelve digits",
            "Connectivity:Region must be a region's name, such as us-east-1",
            "Connectivity:Mqtt:Lease must be 3 s to 1 hour",
            "Connectivity:Mqtt:Address must be an IP address",
            "Connectivity:Mqtt:Port must lie between 0 and 65535"));

    [Theory]
    [InlineData("--Connectivity:Mqtt:Port=many", "Connectivity:Mqtt:Port")]
    [InlineData("--Connectivity:AllowAnonymous=perhaps", "Connectivity:AllowAnonymous")]
    [InlineData("--Connectivity:Mqtt:Enabled=7", "Connectivity:Mqtt:Enabled")]
    [InlineData("--urls=nonsense", "urls")]
    public void Names_a_setting_of_the_wrong_type(string argument, string setting) =>
        Should.Throw<StartupException>(() => ConnectivityHost.CreateBuilder([argument], out _)).Message
            .ShouldContain(setting);
}
