using System.Collections.Concurrent;
using Npgsql;

namespace Connectivity.Testing;

/// <summary>
/// The PostgreSQL of this test process, started by the first test that needs one: the server that
/// <c>CONNECTIVITY_TEST_POSTGRES</c> names (a connection string with the right to create databases); else a container,
/// where a Docker engine answers; else the installed programs, run in a temporary directory. It is removed when the
/// process exits.
/// </summary>
public static class PostgresServer
{
    private static readonly Lazy<Task<string>> Administration = new(StartAsync);

    private static readonly ConcurrentBag<string> Created = [];

    /// <summary>
    /// A connection string to the server's maintenance database, with the right to create databases and roles.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// No PostgreSQL is available; the message lists the ways to provide one.
    /// </exception>
    public static Task<string> AdministrationAsync() => Administration.Value;

    /// <summary>
    /// Creates an empty database with a unique name, and returns a connection string to it. Tests that run in parallel
    /// use their own. Its pool is small and closes idle connections soon, because all databases share the server's
    /// connections.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// No PostgreSQL is available; the message lists the ways to provide one.
    /// </exception>
    public static async Task<string> CreateDatabaseAsync(CancellationToken ct = default)
    {
        var administration = await Administration.Value.WaitAsync(ct);
        var name = "test_" + Guid.NewGuid().ToString("N");
        await ExecuteAsync(
            administration, $"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
            ct);
        Created.Add(name);
        return new NpgsqlConnectionStringBuilder(administration)
        {
            Database = name,
            Pooling = true,
            MaxPoolSize = 20,
            ConnectionIdleLifetime = 5,
            ConnectionPruningInterval = 1,
            IncludeErrorDetail = true,
        }.ConnectionString;
    }

    internal static async Task ExecuteAsync(string administration, string sql, CancellationToken ct)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(administration) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task DropCreatedAsync(string administration)
    {
        foreach (var name in Created)
            await ExecuteAsync(administration, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)", CancellationToken.None);
    }

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("CONNECTIVITY_TEST_POSTGRES") is { Length: > 0 } configured)
        {
            // That server outlives the tests, so their databases are dropped.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => DropCreatedAsync(configured).GetAwaiter().GetResult();
            return configured;
        }

        var missing = new List<string>();
        return await ContainerPostgres.TryStartAsync(missing)
            ?? await InstalledPostgres.TryStartAsync(missing)
            ?? throw new InvalidOperationException(
                "These tests need PostgreSQL. Set CONNECTIVITY_TEST_POSTGRES to a connection string with the right to "
                + "create databases, or start a Docker engine, or install PostgreSQL.\n" + string.Join('\n', missing));
    }
}
