using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Npgsql;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>What the labels of metrics contain, of a host that is alone in its process.</summary>
public sealed class MetricLabelTests : IDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Pools_have_names_and_no_label_contains_a_part_of_the_connection_string()
    {
        var connection = new NpgsqlConnectionStringBuilder(await PostgresServer.CreateDatabaseAsync(Ct))
        {
            ApplicationName = "connection-secret",
        };
        await using var process = HostProcess.Start(
            _directory, connection.ConnectionString, "--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port=0");
        using var http = new HttpClient();
        await Eventually.Is(() => process.Output.Contains("Ask with: "), because: "the host serves");

        var metrics = await http.GetStringAsync(new Uri(process.Address, "/metrics"), Ct);

        metrics.ShouldContain("pool_name=\"connectivity\"");
        metrics.ShouldNotContain("connection-secret");
        metrics.ShouldNotContain(connection.Database!);
        metrics.ShouldNotContain("Host=");
        (await process.SignalAsync("TERM")).ShouldBe(0);
    }
}
