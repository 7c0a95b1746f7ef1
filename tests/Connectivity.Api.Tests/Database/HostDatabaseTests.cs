using System.Net;
using System.Net.Sockets;
using Connectivity.Api.Database;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Connectivity.Api.Tests.Database;

/// <summary>A configured database that can't be had: refused at once with the way out, or waited for.</summary>
public sealed class HostDatabaseTests : IDisposable
{
    private const string Secret = "a-secret-that-no-message-tells";

    private readonly HostLog _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Lines.ShouldAllBe(line => !line.Text.Contains(Secret));

    [Fact]
    public async Task A_database_that_is_there_is_taken()
    {
        var connectionString = await PostgresServer.CreateDatabaseAsync(Ct);
        await using var database = await OpenAsync(connectionString);
        database.ConnectionString.ShouldBe(connectionString);
        database.Directory.ShouldBeNull();
    }

    [Fact]
    public async Task A_wrong_password_is_refused_at_once() =>
        await ShouldBeRefusedAsync(await WithAsync(c => c.Password = Secret),
            "ConnectionStrings:Connectivity: the server refused the user name or the password.");

    [Fact]
    public async Task An_unknown_user_is_refused_at_once() =>
        await ShouldBeRefusedAsync(
            await WithAsync(c => (c.Username, c.Password) = ("nobody", Secret)),
            "ConnectionStrings:Connectivity: the server refused the user name or the password.");

    [Fact]
    public async Task A_missing_database_is_refused_at_once() =>
        await ShouldBeRefusedAsync(
            await WithAsync(
                c => c.Database = "not_made"), "ConnectionStrings:Connectivity: the server has no such database; create it first.");

    [Theory]
    [InlineData(true, "the user lacks the right to create schemas in the database (GRANT CREATE ON DATABASE).")]
    [InlineData(false, "the user lacks rights; it must be allowed to connect and to create schemas in the database.")]
    public async Task Missing_rights_are_refused_at_once(bool mayConnect, string message)
    {
        var connection = new NpgsqlConnectionStringBuilder(await PostgresServer.CreateDatabaseAsync(Ct));
        var administration = await PostgresServer.AdministrationAsync();
        var role = $"guest_{Guid.NewGuid():N}";
        await StoredData.ExecuteAsync(administration, $"create role {role} login password '{Secret}'");
        try
        {
            if (!mayConnect) await StoredData.ExecuteAsync(administration, $"revoke connect on database {connection.Database} from public");
            connection.Username = role;
            connection.Password = Secret;
            connection.Pooling = false;
            await ShouldBeRefusedAsync(connection.ConnectionString, $"ConnectionStrings:Connectivity: {message}");
        }
        finally
        {
            await StoredData.ExecuteAsync(administration, $"drop role {role}");
        }
    }

    [Theory]
    [InlineData($"password={Secret};nonsense")]
    [InlineData($"Password={Secret};Port=many")]
    [InlineData($"Pasword={Secret}")]
    public async Task What_is_no_connection_string_is_refused_without_repeating_it(string connectionString) =>
        await ShouldBeRefusedAsync(connectionString, "ConnectionStrings:Connectivity is not a valid Npgsql connection string.");

    [Fact]
    public async Task An_unreachable_server_is_waited_for_and_then_told()
    {
        var failure = await Should.ThrowAsync<StartupException>(() => OpenAsync(Unreachable(), TimeSpan.FromSeconds(1)));
        failure.Message.ShouldStartWith("ConnectionStrings:Connectivity: the server could not be reached for 1 s: ");
        failure.Message.ShouldNotContain(Secret);
        _log.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.Contains("trying until 1 s have passed"))
            .ShouldBe(1, "said once");
    }

    [Fact]
    public async Task A_server_that_is_being_restored_is_waited_for()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await postgres.ReturnForReadingAsync();
        (await Should.ThrowAsync<StartupException>(() => OpenAsync(postgres.ConnectionString, TimeSpan.Zero))).Message.ShouldContain("it is being restored");
        var opening = OpenAsync(postgres.ConnectionString);
        await Eventually.Is(() => _log.Lines.Any(line => line.Text.Contains("can't be reached yet")), because: "it waits");
        await postgres.PromoteAsync();
        await using var database = await opening;
    }

    [Fact]
    public async Task The_waiting_ends_with_an_interruption()
    {
        using var interruption = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = OpenAsync(Unreachable(), HostDatabase.DefaultTimeout, interruption.Token);
        await Eventually.Is(() => _log.Lines.Any(line => line.Text.Contains("can't be reached yet")), because: "it waits");
        await interruption.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>Nobody listens there: the port was free a moment ago.</summary>
    private static string Unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"Host=127.0.0.1;Port={((IPEndPoint)listener.LocalEndpoint).Port};Username=u;Password={Secret};Database=d";
    }

    private static async Task<string> WithAsync(Action<NpgsqlConnectionStringBuilder> change)
    {
        var connection = new NpgsqlConnectionStringBuilder(await PostgresServer.CreateDatabaseAsync(Ct)) { Pooling = false };
        change(connection);
        return connection.ConnectionString;
    }

    private async Task ShouldBeRefusedAsync(string connectionString, string message)
    {
        (await Should.ThrowAsync<StartupException>(() => OpenAsync(connectionString))).Message.ShouldBe(message);
        _log.Lines.ShouldBeEmpty("a refusal is not waited out");
    }

    private Task<HostDatabase> OpenAsync(string connectionString, TimeSpan? timeout = null, CancellationToken? ct = null) =>
        HostDatabase.OpenAsync(
        new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Connectivity", connectionString)]).Build(),
        new DatabaseOptions(), serving: true, _log.CreateLogger("Connectivity"), ct ?? Ct, timeout);
}
