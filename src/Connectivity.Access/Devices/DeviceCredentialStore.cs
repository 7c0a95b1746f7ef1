using System.Text.Json;
using Connectivity.Access.Changes;
using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Registry;
using Npgsql;
using NpgsqlTypes;

namespace Connectivity.Access.Devices;

/// <summary>A credential by which a device authenticates as a thing.</summary>
/// <param name="Kind"><see cref="Password"/> or <see cref="Certificate"/>.</param>
/// <param name="Policy">Its device policy, or null for the default policy.</param>
/// <param name="ThingAttributes">The attributes of its thing, which policies can refer to.</param>
public sealed record DeviceCredential(
    string CredentialId, string ThingName, string Kind, string? Policy, DateTimeOffset CreatedAt,
    IReadOnlyDictionary<string, string> ThingAttributes)
{
    public const string Password = "password";
    public const string Certificate = "certificate";
}

/// <summary>What a device presents to prove that it is the thing.</summary>
/// <param name="Kind"><see cref="DeviceCredential.Password"/> or <see cref="DeviceCredential.Certificate"/>.</param>
/// <param name="Hash">SHA-256 of the password or of the certificate.</param>
public sealed record PresentedCredential(string ThingName, string Kind, byte[] Hash);

/// <summary>Device credentials. Each belongs to one incarnation of a thing and is deleted with it.</summary>
public sealed class DeviceCredentialStore(NpgsqlDataSource dataSource)
{
    private const string Columns =
        "c.credential_id, c.thing_name, c.kind, c.policy, c.created_at, t.attributes::text";

    private const string Select =
        $"""
        select {Columns}
        from {DeviceCredentialTable.Name} c join {RegistryTables.ThingsName} t on t.thing_id = c.thing_id
        """;

    /// <summary>Adds a credential; false where no thing has the name.</summary>
    /// <param name="hash">SHA-256 of what the device presents.</param>
    public async Task<bool> AddAsync(
        Account account, string thingName, string credentialId, string kind, byte[] hash, string? policy,
        CancellationToken cancellationToken)
    {
        var add = new NpgsqlBatchCommand(
            $"""
            insert into {DeviceCredentialTable.Name}
                (credential_id, thing_id, account, region, thing_name, kind, hash, policy, created_at)
            select $1, thing_id, account, region, name, $5, $6, $7, clock_timestamp() from {RegistryTables.ThingsName}
            where account = $2 and region = $3 and name = $4 for key share
            on conflict (credential_id) do update set policy = excluded.policy
            where device_credentials.thing_id = excluded.thing_id
            """).With(
            credentialId, account.Id, account.Region, thingName, kind, hash,
            SqlParameters.Nullable(policy, NpgsqlDbType.Text));
        return await new AccessChange(thingName).MakeAsync(dataSource, cancellationToken, add) == 1;
    }

    /// <summary>
    /// For each of the presented, the credential of its thing's current incarnation, or null. One statement for all.
    /// </summary>
    public Task<DeviceCredential?[]> FindAsync(
        Account account, IReadOnlyList<PresentedCredential> presented, CancellationToken cancellationToken) =>
        LostConnections.RepeatAsync(dataSource, () => ReadAsync(account, presented, cancellationToken));

    private async Task<DeviceCredential?[]> ReadAsync(
        Account account, IReadOnlyList<PresentedCredential> presented, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {Columns}, presented.position::int
            from unnest($3::text[], $4::text[], $5::bytea[]) with ordinality as presented (name, kind, hash, position)
            join {RegistryTables.ThingsName} t on t.account = $1 and t.region = $2 and t.name = presented.name
            join {DeviceCredentialTable.Name} c
                on c.thing_id = t.thing_id and c.kind = presented.kind and c.hash = presented.hash
            """).With(
            account.Id, account.Region, presented.Select(one => one.ThingName).ToArray(),
            presented.Select(one => one.Kind).ToArray(), presented.Select(one => one.Hash).ToArray());
        var found = new DeviceCredential?[presented.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found[reader.GetInt32(6) - 1] = Read(reader);
        return found;
    }

    /// <summary>Those of the given credentials that still exist.</summary>
    public async Task<IReadOnlyList<DeviceCredential>> FindAsync(
        string[] credentialIds, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"{Select} where c.credential_id = any($1)")
            // A single array parameter, not one parameter for each element.
            .With((object)credentialIds);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>
    /// The credentials of one thing, or of all things of the account where <paramref name="thingName"/> is null.
    /// </summary>
    public async Task<IReadOnlyList<DeviceCredential>> ListAsync(
        Account account, string? thingName, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            {Select}
            where c.account = $1 and c.region = $2 and ($3::text is null or c.thing_name = $3)
            order by c.thing_name, c.created_at
            """).With(
            account.Id, account.Region, SqlParameters.Nullable(thingName, NpgsqlDbType.Text));
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Whether any device of the account has a credential.</summary>
    public async Task<bool> AnyAsync(Account account, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"select exists (select from {DeviceCredentialTable.Name} where account = $1 and region = $2)")
            .With(account.Id, account.Region);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>
    /// Deletes a credential. Returns the name of its thing, or null where there is no such credential.
    /// </summary>
    public async Task<string?> RevokeAsync(Account account, string credentialId, CancellationToken cancellationToken)
    {
        await using var find = dataSource.CreateCommand(
            $"""
            select thing_name from {DeviceCredentialTable.Name}
            where account = $1 and region = $2 and credential_id = $3
            """).With(account.Id, account.Region, credentialId);
        if (await find.ExecuteScalarAsync(cancellationToken) is not string thingName) return null;
        var revoke = new NpgsqlBatchCommand($"delete from {DeviceCredentialTable.Name} where credential_id = $1")
            .With(credentialId);
        var revoked = await new AccessChange(thingName).MakeAsync(dataSource, cancellationToken, revoke);
        return revoked == 1 ? thingName : null;
    }

    /// <summary>Deletes all credentials of a thing, in the transaction that deletes the thing.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> EndWith(string thingId, string thingName) =>
    [
        new NpgsqlBatchCommand($"delete from {DeviceCredentialTable.Name} where thing_id = $1").With(thingId),
        AccessChange.Channel.Notify(new AccessChange(thingName)),
    ];

    /// <summary>
    /// Informs the hosts of a changed thing, in the transaction that changes it: policies can refer to its attributes.
    /// </summary>
    internal static IEnumerable<NpgsqlBatchCommand> ChangeWith(string thingId, string thingName) =>
    [
        AccessChange.Channel.NotifyWhere(
            new AccessChange(thingName),
            $"exists (select from {DeviceCredentialTable.Name} where thing_id = $3)",
            thingId),
    ];

    private static async Task<IReadOnlyList<DeviceCredential>> ReadAsync(
        NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var credentials = new List<DeviceCredential>();
        while (await reader.ReadAsync(cancellationToken)) credentials.Add(Read(reader));
        return credentials;
    }

    private static DeviceCredential Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.GetFieldValue<DateTimeOffset>(4),
        JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(5))!);
}
