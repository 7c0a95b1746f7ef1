using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// The outcome of a transaction whose COMMIT was sent and not answered: the connection broke, or the server stopped. It
/// is queried, never guessed. Source: PostgreSQL documentation, "Transaction ID and Snapshot Information Functions",
/// <c>pg_xact_status</c>.
/// </summary>
/// <remarks>
/// The id alone proves nothing: after a crash the server reuses the id of a transaction that had nothing on disk. So an
/// event of the transaction must exist as well.
/// </remarks>
internal sealed class TransactionOutcome(NpgsqlDataSource dataSource)
{
    /// <summary>A backend that lost its client may still be committing.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>SQL for the id by which the outcome can be queried afterwards.</summary>
    public const string IdSql = "select pg_current_xact_id()::text";

    /// <summary>
    /// Commits. Returns when the transaction is known to be committed, even if COMMIT was not answered.
    /// </summary>
    /// <param name="id">As <see cref="IdSql"/> returned it.</param>
    /// <param name="tenantId">The tenant of the event.</param>
    /// <param name="eventId">An event that the transaction appended.</param>
    /// <exception cref="NpgsqlException">
    /// It is rolled back, or its outcome could not be determined in time; a retry is safe either way.
    /// </exception>
    public async Task CommitAsync(
        NpgsqlTransaction transaction, string id, string tenantId, Guid eventId, CancellationToken cancellationToken)
    {
        try
        {
            // Not cancellable: the caller must learn the true outcome.
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception exception) when (IsUnanswered(exception))
        {
            if (!await WasCommittedAsync(id, tenantId, eventId, cancellationToken)) throw;
        }
    }

    /// <summary>
    /// Every other error means that the transaction is rolled back. A server that stops may have committed first.
    /// </summary>
    private static bool IsUnanswered(Exception exception) => exception is not PostgresException postgres
        || postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown;

    private async Task<bool> WasCommittedAsync(
        string id, string tenantId, Guid eventId, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        while (true)
        {
            try
            {
                await using var command = dataSource.CreateCommand("select pg_xact_status($1::text::xid8)").With(id);
                switch (await command.ExecuteScalarAsync(timeout.Token))
                {
                    case "committed":
                        return await WroteAsync(id, tenantId, eventId, timeout.Token);
                    case "in progress":
                        break;
                    default:
                        return false;
                }

                await Task.Delay(RetryDelay, timeout.Token);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidParameterValue)
            {
                // The id is in the future: the server crashed and lost the transaction.
                return false;
            }
            catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
            {
                // The server is not back yet.
                if (timeout.IsCancellationRequested) return false;
                await Task.Delay(RetryDelay, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> WroteAsync(string id, string tenantId, Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand(
                $"""
                select exists (
                    select from {ConnectivitySchema.Events}
                    where tenant_id = $2 and id = $3 and xmin = $1::text::xid8::xid)
                """)
            .With(id, tenantId, eventId);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
