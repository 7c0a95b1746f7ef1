using Connectivity.Projections;
using Connectivity.Projections.Database;

namespace Connectivity.Api.Database;

/// <summary>The schema of the host's database.</summary>
/// <param name="connectionString">Contains a secret; must not be logged.</param>
public sealed class DatabaseSchema(string connectionString, StoreContents contents)
{
    /// <inheritdoc cref="ConnectivityStore.BringSchemaUpToDateAsync"/>
    public Task BringUpToDateAsync() =>
        ConnectivityStore.BringSchemaUpToDateAsync(connectionString, contents, CancellationToken.None);
}
