using System.Data;
using Connectivity.Domain.Lifecycle;
using Marten.Services;
using Npgsql;

namespace Connectivity.Projections.Tests.Lifecycle;

public sealed class BrokenTransactionTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_that_loses_its_connection_in_a_transaction_fails_without_a_retry()
    {
        await using var connection = await database.Host.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, Ct);
        var options = SessionOptions.ForTransaction(transaction);
        options.TenantId = "unknown";
        await using var session = database.Host.Store.LightweightSession(options);
        (await database.OtherHost.ScalarAsync<bool>("select pg_terminate_backend($1)", connection.ProcessID))
            .ShouldBeTrue();

        // A retry would report that the transaction is completed, and hide the error of the database.
        var thrown = await Should.ThrowAsync<Exception>(() => session.LoadManyAsync<ConnectivityRecord>(Ct, "thing"));
        (thrown as NpgsqlException ?? thrown.InnerException).ShouldBeAssignableTo<NpgsqlException>();
    }
}
