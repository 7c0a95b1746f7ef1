using System.Diagnostics;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Telemetry;
using Connectivity.LocalPostgres;
using Npgsql;

namespace Connectivity.Api.Database;

/// <summary>
/// The database the host runs on: the one that the connection string names or, where none is configured, a private PostgreSQL in the data
/// directory. Opened before everything else and closed after it.
/// </summary>
public sealed class HostDatabase : IAsyncDisposable
{
    public const string ConnectionStringName = "Connectivity";

    /// <summary>How long a server that can't be reached is waited for.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private static readonly Version OldestServer = new(14, 0);

    private readonly LocalPostgresCluster? _cluster;

    private HostDatabase(string connectionString, LocalPostgresCluster? cluster) => (ConnectionString, _cluster) = (connectionString, cluster);

    /// <summary>Holds a secret; not for logs.</summary>
    public string ConnectionString { get; }

    /// <summary>Where the local PostgreSQL keeps its data, or null where one is configured.</summary>
    public string? Directory => _cluster?.Directory;

    /// <param name="serving">A host takes the data directory for itself; a command attaches to a host that is running.</param>
    /// <param name="timeout">With a server that can't be reached; <see cref="DefaultTimeout"/> where it is left out.</param>
    /// <exception cref="StartupException">The database can't be had; says why and what to do.</exception>
    public static async Task<HostDatabase> OpenAsync(
        IConfiguration configuration, DatabaseOptions options, bool serving, ILogger logger, CancellationToken cancellationToken,
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

    /// <summary>An unreachable server may be starting, and is waited for; a server that refuses will refuse again.</summary>
    private static async Task WaitUntilReachableAsync(
        string connectionString, TimeSpan timeout, ILogger logger, CancellationToken cancellationToken)
    {
        await using var dataSource = DataSource(connectionString);
        var waiting = Stopwatch.StartNew();
        var told = false;
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
                    $"ConnectionStrings:{ConnectionStringName}: the server could not be reached for {timeout.TotalSeconds:0} s: {exception.Message}",
                    exception);
            }
            catch (NpgsqlException)
            {
                if (!told) logger.WaitingForDatabase(timeout.TotalSeconds);
                told = true;
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }
    }

    private static NpgsqlDataSource DataSource(string connectionString)
    {
        try
        {
            return NpgsqlDataSource.Create(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The message of the parser may repeat what it read, the password included.
            throw new StartupException($"ConnectionStrings:{ConnectionStringName} is not a connection string as Npgsql reads it.");
        }
    }

    private static string? Refusal(NpgsqlException exception) => (exception as PostgresException)?.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "the server refused the user name or the password.",
        PostgresErrorCodes.InvalidCatalogName => "the server has no such database; create it first.",
        PostgresErrorCodes.InsufficientPrivilege => "the user lacks rights; it must be allowed to connect and to create schemas in the database.",
        _ => exception.Message.Contains("No password has been provided", StringComparison.Ordinal) ? "the server asks for a password." : null,
    };

    private static async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion < OldestServer)
            throw new StartupException(
                $"ConnectionStrings:{ConnectionStringName}: the server is PostgreSQL {connection.PostgreSqlVersion}; {OldestServer.Major} or newer is needed.");
        await using var restoring = new NpgsqlCommand("select pg_is_in_recovery()", connection);
        // It lets readers in before its time.
        if ((bool)(await restoring.ExecuteScalarAsync(cancellationToken))!)
            throw new NpgsqlException("it is being restored, or follows another, and takes no writes yet.");
        await using var command = new NpgsqlCommand("select has_database_privilege(current_database(), 'CREATE')", connection);
        if (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            throw new StartupException(
                $"ConnectionStrings:{ConnectionStringName}: the user lacks the right to create schemas in the database (GRANT CREATE ON DATABASE).");
    }
}
