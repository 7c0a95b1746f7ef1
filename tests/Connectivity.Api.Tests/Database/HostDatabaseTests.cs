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

/// <summary>
/// A configured database that can't be opened: either the host fails at once with a remedy, or it retries.
/// </summary>
public sealed class HostDatabaseTests : IDisposable
{
    private const string Secret = "a-secret-that-no-message-contains";

    private readonly HostLog _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Lines.ShouldAllBe(line => !line.Text.Contains(Secret));

    [Fact]
    public async Task Opens_the_configured_database()
    {
        var connectionString = await PostgresServer.CreateDatabaseAsync(Ct);
        await using var database = await OpenAsync(connectionString);
        database.ConnectionString.ShouldBe(connectionString);
        database.Directory.ShouldBeNull();
    }

    [Fact]
    public async Task Fails_at_once_with_a_wrong_password() =>
        await ShouldBeRefusedAsync(await WithAsync(c => c.Password = Secret),
            "ConnectionStrings:Connectivity: the server refused the user name or the password.");

    [Fact]
    public async Task Fails_at_once_with_an_unknown_user() =>
        await ShouldBeRefusedAsync(
            await WithAsync(c => (c.Username, c.Password) = ("unknown", Secret)),
            "ConnectionStrings:Connectivity: the server refused the user name or the password.");

    [Fact]
    public async Task Fails_at_once_when_the_database_does_not_exist() =>
        await ShouldBeRefusedAsync(
            await WithAsync(c => c.Database = "not_made"),
            "ConnectionStrings:Connectivity: the server has no such database; create it first.");

    [Theory]
    [InlineData(true, "the user lacks the right to create schemas in the database (GRANT CREATE ON DATABASE).")]
    [InlineData(false, "the user lacks rights; it must be allowed to connect and to create schemas in the database.")]
    public async Task Fails_at_once_when_the_user_lacks_rights(bool mayConnect, string message)
    {
        var connection = new NpgsqlConnectionStringBuilder(await PostgresServer.CreateDatabaseAsync(Ct));
        var administration = await PostgresServer.AdministrationAsync();
        var role = $"guest_{Guid.NewGuid():N}";
        await StoredData.ExecuteAsync(administration, $"create role {role} login password '{Secret}'");
        try
        {
            if (!mayConnect)
                await StoredData.ExecuteAsync(
                    administration, $"revoke connect on database {connection.Database} from public");
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
    public async Task An_invalid_connection_string_is_not_repeated_in_the_error(string connectionString) =>
        await ShouldBeRefusedAsync(
            connectionString, "ConnectionStrings:Connectivity is not a valid Npgsql connection string.");

    [Fact]
    public async Task Retries_an_unreachable_database_server_until_the_timeout()
    {
        var failure = await Should.ThrowAsync<StartupException>(
            () => OpenAsync(Unreachable(), TimeSpan.FromSeconds(1)));
        failure.Message.ShouldStartWith("ConnectionStrings:Connectivity: the server could not be reached for 1 s: ");
        failure.Message.ShouldNotContain(Secret);
        _log.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.Contains("trying until 1 s have passed"))
            .ShouldBe(1, "logged once");
    }

    [Fact]
    public async Task Waits_for_a_database_that_is_read_only()
    {
        var connectionString = await PostgresServer.CreateDatabaseAsync(Ct);
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        var administration = await PostgresServer.AdministrationAsync();
        await StoredData.ExecuteAsync(administration, $"alter database {name} set default_transaction_read_only = on");
        (await Should.ThrowAsync<StartupException>(() => OpenAsync(connectionString, TimeSpan.Zero))).Message
            .ShouldContain("is read-only, and accepts no writes yet");
        var opening = OpenAsync(connectionString);
        await Eventually.Is(
            () => _log.Lines.Any(line => line.Text.Contains("can't be reached yet")), because: "the host waits");
        await StoredData.ExecuteAsync(administration, $"alter database {name} set default_transaction_read_only = off");
        await using var database = await opening;
    }

    [Fact]
    public async Task Waits_for_a_database_server_that_is_being_restored()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await postgres.RestartAsStandbyAsync();
        (await Should.ThrowAsync<StartupException>(() => OpenAsync(postgres.ConnectionString, TimeSpan.Zero))).Message
            .ShouldContain("it is being restored");
        var opening = OpenAsync(postgres.ConnectionString);
        await Eventually.Is(
            () => _log.Lines.Any(line => line.Text.Contains("can't be reached yet")), because: "the host waits");
        await postgres.PromoteAsync();
        await using var database = await opening;
    }

    [Fact]
    public async Task Stops_waiting_for_the_database_server_on_shutdown()
    {
        using var shutdown = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = OpenAsync(Unreachable(), HostDatabase.DefaultTimeout, shutdown.Token);
        await Eventually.Is(
            () => _log.Lines.Any(line => line.Text.Contains("can't be reached yet")), because: "the host waits");
        await shutdown.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>No server listens on this port, which was free a moment ago.</summary>
    private static string Unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return $"Host=127.0.0.1;Port={port};Username=u;Password={Secret};Database=d";
    }

    private static async Task<string> WithAsync(Action<NpgsqlConnectionStringBuilder> change)
    {
        var connection = new NpgsqlConnectionStringBuilder(await PostgresServer.CreateDatabaseAsync(Ct))
        {
            Pooling = false,
        };
        change(connection);
        return connection.ConnectionString;
    }

    private async Task ShouldBeRefusedAsync(string connectionString, string message)
    {
        (await Should.ThrowAsync<StartupException>(() => OpenAsync(connectionString))).Message.ShouldBe(message);
        _log.Lines.ShouldBeEmpty("a refusal is not retried");
    }

    private Task<HostDatabase> OpenAsync(
        string connectionString, TimeSpan? timeout = null, CancellationToken? ct = null) =>
        HostDatabase.OpenAsync(
            new ConfigurationBuilder()
                .AddInMemoryCollection([new("ConnectionStrings:Connectivity", connectionString)]).Build(),
            new DatabaseOptions(), serving: true, _log.CreateLogger("Connectivity"), ct ?? Ct, timeout);
}
