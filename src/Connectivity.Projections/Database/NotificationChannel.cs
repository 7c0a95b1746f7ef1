using System.Runtime.CompilerServices;
using System.Text.Json;
using Marten;
using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// A PostgreSQL notification channel, which informs every host on the database of one kind of change. Notifications are
/// sent with the commit and arrive after it. Source: PostgreSQL documentation, NOTIFY.
/// </summary>
/// <typeparam name="T">What is sent, as JSON of at most 8,000 bytes.</typeparam>
/// <param name="name">The channel's name in the database.</param>
public sealed class NotificationChannel<T>(string name)
{
    /// <summary>How often an idle connection is tested: one that died silently would wait for ever.</summary>
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    /// <summary>The command that sends the notification, for the transaction that makes the change.</summary>
    public NpgsqlBatchCommand Notify(T change) =>
        new NpgsqlBatchCommand("select pg_notify($1, $2)").With(name, JsonSerializer.Serialize(change));

    /// <summary>As <see cref="Notify(T)"/>, where a condition holds in the database.</summary>
    /// <param name="condition">SQL, whose parameter is $3.</param>
    public NpgsqlBatchCommand NotifyWhere(T change, string condition, string parameter) =>
        new NpgsqlBatchCommand($"select pg_notify($1, $2) where {condition}")
            .With(name, JsonSerializer.Serialize(change), parameter);

    /// <summary>Sends the notification in the transaction in which the session is saved.</summary>
    public void Notify(IDocumentSession session, T change) =>
        session.QueueSqlCommand("select pg_notify(?, ?)", name, JsonSerializer.Serialize(change));

    /// <summary>
    /// The changes from now on, until cancelled. <paramref name="onListening"/> is called when listening has started:
    /// notifications sent before, or while the connection was lost, are not received.
    /// </summary>
    /// <exception cref="NpgsqlException">The connection was lost.</exception>
    public async IAsyncEnumerable<T> ListenAsync(
        NpgsqlDataSource dataSource, Func<Task> onListening,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var received = new Queue<T>();
        connection.Notification += (_, notification) =>
            received.Enqueue(JsonSerializer.Deserialize<T>(notification.Payload)!);
        await using (var listen = new NpgsqlCommand($"listen {name}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        await onListening();
        while (true)
        {
            while (received.TryDequeue(out var change)) yield return change;
            if (await connection.WaitAsync(PingInterval, cancellationToken)) continue;
            await using var ping = new NpgsqlCommand("select 1", connection);
            await ping.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
