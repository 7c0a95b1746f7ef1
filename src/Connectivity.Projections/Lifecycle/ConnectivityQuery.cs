using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// A thing's connectivity: the indexing state of its account, its registration and its record, all from one snapshot.
/// </summary>
/// <param name="IsIndexed">Whether connectivity indexing is on in the account.</param>
/// <param name="ReleasesSocketInformation">Whether the account's configuration opts in to socket information.</param>
/// <param name="ThingId">Null where no thing has the name.</param>
/// <param name="Record">Null where no thing has the name or indexing is off.</param>
public sealed record ThingConnectivity(
    bool IsIndexed, bool ReleasesSocketInformation, string? ThingId, ConnectivityRecord? Record);

/// <summary>
/// Reads the connectivity of things: in a single statement for all queries of an account that wait at a moment, so that
/// the three parts of each answer are from one snapshot. There is no cache.
/// </summary>
public sealed class ConnectivityQuery : IAsyncDisposable
{
    /// <summary>Statements at a time. More only take processors from each other.</summary>
    private const int Readers = 3;

    private readonly NpgsqlDataSource _dataSource;
    private readonly WriteAvailability _writes;
    private readonly GatheredReads<AskedThing, ThingConnectivity> _reads;

    /// <param name="connectionString">Contains a secret; must not be logged.</param>
    public ConnectivityQuery(string connectionString, WriteAvailability writes)
    {
        _dataSource = ConnectivityDataSource.CreateForQueries(connectionString, Readers);
        _writes = writes;
        var statement = new ConnectivityStatement(_dataSource);
        _reads = new GatheredReads<AskedThing, ThingConnectivity>(Readers, statement.ReadAsync);
    }

    /// <exception cref="WritesRefusedException">The record may be stale.</exception>
    /// <exception cref="DatabaseBusyException">There was no answer in time.</exception>
    public Task<ThingConnectivity> GetAsync(Account account, string thingName, CancellationToken cancellationToken)
    {
        _writes.ThrowIfRefused();
        return _reads.AskAsync(new AskedThing(account, thingName), cancellationToken);
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();
}

/// <summary>A question for the connectivity of a thing.</summary>
internal readonly record struct AskedThing(Account Account, string Name);
