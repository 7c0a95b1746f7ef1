using System.Data;
using Connectivity.Domain.Lifecycle;
using Marten.Services;
using Npgsql;

namespace Connectivity.Projections.Tests.Lifecycle;

public sealed class BrokenTransactionTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_that_loses_its_connection_inside_a_transaction_tells_of_that_and_is_not_tried_again_in_it()
    {
        await using var connection = await database.Host.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, Ct);
        var options = SessionOptions.ForTransaction(transaction);
        options.TenantId = "nobody";
        await using var session = database.Host.Store.LightweightSession(options);
        (await database.OtherHost.ScalarAsync<bool>("select pg_terminate_backend($1)", connection.ProcessID)).ShouldBeTrue();

        // A second try would say that the transaction is completed: true, and no word of the database.
        var told = await Should.ThrowAsync<Exception>(() => session.LoadManyAsync<ConnectivityRecord>(Ct, "thing"));
        (told as NpgsqlException ?? told.InnerException).ShouldBeAssignableTo<NpgsqlException>();
    }
}
