using Connectivity.Api.Hosting;
using Connectivity.Api.Lifetime;

namespace Connectivity.Api.Tests.Security;

public sealed class ThrottlingOptionsTests
{
    [Fact]
    public void The_default_limit_of_an_account_is_350_queries_a_second_as_on_aws()
    {
        using var none = (IDisposable)ConnectivityHost.CreateBuilder([], out var options).Configuration;
        (options.Throttling.GetThingConnectivityData.PerSecond, options.Throttling.GetThingConnectivityData.Burst)
            .ShouldBe((350, 700));
    }

    [Theory]
    [InlineData("GetThingConnectivityData:PerSecond=0")]
    [InlineData("Registry:Burst=0.9")]
    [InlineData("Indexing:PerSecond=1000001")]
    [InlineData("Ingest:Burst=NaN")]
    [InlineData("History:PerSecond=-1")]
    [InlineData("Failures:Burst=Infinity")]
    public void Names_a_limit_that_is_out_of_range(string setting) =>
        Should.Throw<StartupException>(
                () => ConnectivityHost.CreateBuilder([$"--Connectivity:Throttling:{setting}"], out _))
            .Message.ShouldBe(
                $"Connectivity:Throttling:{setting.Split(':')[0]} must have PerSecond and Burst of 1 to 1000000");
}
