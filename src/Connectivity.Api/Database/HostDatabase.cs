using System.Diagnostics;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Telemetry;
using Connectivity.LocalPostgres;
using Npgsql;

namespace Connectivity.Api.Database;

/// <summary>
/// The host's database: the one that the connection string names or, if none is configured, a private PostgreSQL in the
/// data directory. It opens before everything else and closes after it.
/// </summary>
public sealed class HostDatabase : IAsyncDisposable
{
    public const string ConnectionStringName = "Connectivity";

    /// <summary>How long to wait for an unreachable server.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private static readonly Version OldestServer = new(14, 0);

    private readonly LocalPostgresCluster? _cluster;

    private HostDatabase(string connectionString, LocalPostgresCluster? cluster) =>
        (ConnectionString, _cluster) = (connectionString, cluster);

    /// <summary>Contains a secret; must not be logged.</summary>
    public string ConnectionString { get; }

    /// <summary>The data directory of the local PostgreSQL, or null if a connection string is configured.</summary>
    public string? Directory => _cluster?.Directory;

    /// <param name="serving">
    /// True for a host, which takes the data directory for itself; false for a command, which attaches to a running
    /// host.
    /// </param>
    /// <param name="timeout">How long to wait for an unreachable server; <see cref="DefaultTimeout"/> if null.</param>
    /// <exception cref="StartupException">
    /// The database is not available; the message contains the cause and the remedy.
    /// </exception>
    public static async Task<HostDatabase> OpenAsync(
        IConfiguration configuration,
        DatabaseOptions options,
        bool serving,
        ILogger logger,
        CancellationToken cancellationToken,
        TimeSpan? timeout = null)
    {
        if (configuration.GetConnectionString(ConnectionStringName) is { Length: > 0 } connectionString)
        {
            await WaitUntilReachableAsync(connectionString, timeout ?? DefaultTimeout, logger, cancellationToken);
            return new HostDatabase(connectionString, null);
        }

        try
        {
            var local = new LocalPostgresOptions(Path.GetFullPath(options.DataDirectory), options.PostgresBinDirectory);
            var cluster = serving
                ? await LocalPostgresCluster.StartAsync(local, cancellationToken)
                : await LocalPostgresCluster.AttachAsync(local, cancellationToken);
            return new HostDatabase(cluster.ConnectionString, cluster);
        }
        catch (LocalPostgresException exception)
        {
            throw new StartupException(exception.Message, exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    /// <summary>Retries an unreachable server, which may be starting; a refusal is final.</summary>
    private static async Task WaitUntilReachableAsync(
        string connectionString, TimeSpan timeout, ILogger logger, CancellationToken cancellationToken)
    {
        await using var dataSource = DataSource(connectionString);
        var waiting = Stopwatch.StartNew();
        var logged = false;
        while (true)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
                await CheckAsync(connection, cancellationToken);
                return;
            }
            catch (NpgsqlException exception) when (Refusal(exception) is { } refusal)
            {
                throw new StartupException($"ConnectionStrings:{ConnectionStringName}: {refusal}", exception);
            }
            catch (NpgsqlException exception) when (waiting.Elapsed >= timeout)
            {
                throw new StartupException(
                    $"ConnectionStrings:{ConnectionStringName}: the server could not be reached for "
                    + $"{timeout.TotalSeconds:0} s: {exception.Message}",
                    exception);
            }
            catch (NpgsqlException)
            {
                if (!logged) logger.WaitingForDatabase(timeout.TotalSeconds);
                logged = true;
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }
    }

    private static NpgsqlDataSource DataSource(string connectionString)
    {
        try
        {
            // Not pooled: a session keeps for its whole life whether it is read-only.
            var connection = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
            return new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = "connectivity-start" }.Build();
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The parser's message may contain the password.
            throw new StartupException(
                $"ConnectionStrings:{ConnectionStringName} is not a valid Npgsql connection string.");
        }
    }

    private static string? Refusal(NpgsqlException exception) => (exception as PostgresException)?.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "the server refused the user name or the password.",
        PostgresErrorCodes.InvalidCatalogName => "the server has no such database; create it first.",
        PostgresErrorCodes.InsufficientPrivilege =>
            "the user lacks rights; it must be allowed to connect and to create schemas in the database.",
        _ => exception.Message.Contains("No password has been provided", StringComparison.Ordinal)
            ? "the server requires a password."
            : null,
    };

    private static async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion < OldestServer)
            throw new StartupException(
                $"ConnectionStrings:{ConnectionStringName}: the server is PostgreSQL "
                + $"{connection.PostgreSqlVersion}; {OldestServer.Major} or newer is needed.");
        // A server in recovery already accepts connections that only read, and so does a read-only database.
        await using var recovery = new NpgsqlCommand(
            "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean", connection);
        if ((bool)(await recovery.ExecuteScalarAsync(cancellationToken))!)
            throw new NpgsqlException("it is being restored, is a standby or is read-only, and accepts no writes yet.");
        await using var command = new NpgsqlCommand(
            "select has_database_privilege(current_database(), 'CREATE')", connection);
        if (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            throw new StartupException(
                $"ConnectionStrings:{ConnectionStringName}: the user lacks the right to create schemas "
                + "in the database (GRANT CREATE ON DATABASE).");
    }
}
