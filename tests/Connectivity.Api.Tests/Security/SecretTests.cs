using System.Text;
using Connectivity.Api.Tests.Fixtures;
using Npgsql;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// Secrets are returned only to their owner and are not in the database, the log or a metric in plain text.
/// </summary>
public sealed class SecretTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_and_no_token_is_in_the_database_the_log_or_the_metrics()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var temporary = await host.CreateKeyAsync("temporary", expiresAt: DateTimeOffset.UtcNow.AddMinutes(15));
        await host.AttachAsync(temporary, "all", Policy.AllowAll);

        // Successful and failing requests with each key.
        (await host.SendAsync(temporary, "GET", "/things")).Status.ShouldBe(200);
        foreach (var user in (User[])[temporary, new User(Users.Account, "administrator", host.Administrator)])
        {
            var thing = await host.CreateThingAsync();
            (await host.SendAsync(user, "POST", "/v1/lifecycle-events", Event.Connected(thing).ToJsonString()))
                .Status.ShouldBe(200);
            (await host.SendAsync(user, "POST", "/things/a%20b", "{")).Status.ShouldBe(400);
            var expired = new RawRequest("GET", "/things")
                .SignedAs(user.Credentials, at: DateTimeOffset.UtcNow.AddHours(-1));
            (await expired.SendAsync(host)).Status.ShouldBe(403);
            var misdirected = new RawRequest("GET", "/things").SignedAs(user.Credentials, "eu-west-1");
            (await misdirected.SendAsync(host)).Status.ShouldBe(403);
        }

        await host.DisableAsync(temporary);
        var metrics = (await host.GetAsync("/metrics")).Body;
        metrics.ShouldContain("connectivity_requests_refused");

        string[] secrets =
            [host.Administrator.Secret, temporary.Credentials.Secret, temporary.Credentials.SessionToken!];
        foreach (var secret in secrets)
        {
            (await TablesWithAsync(host.ConnectionString, secret)).ShouldBeEmpty();
            host.Log.Lines.ShouldAllBe(line => !line.Text.Contains(secret));
            metrics.ShouldNotContain(secret);
        }

        // Proves that the search finds text that is stored.
        (await TablesWithAsync(host.ConnectionString, host.Administrator.AccessKeyId))
            .ShouldBe(["connectivity.access_keys"]);
    }

    /// <summary>The tables that contain the text in a row, as text or as bytes.</summary>
    private static async Task<IReadOnlyList<string>> TablesWithAsync(string connectionString, string text)
    {
        await using var connection = await StoredData.OpenAsync(connectionString);
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand(
            """
            select format('%I.%I', schemaname, tablename) from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema')
            """,
            connection))
        await using (var reader = await list.ExecuteReaderAsync(Ct))
            while (await reader.ReadAsync(Ct)) tables.Add(reader.GetString(0));
        tables.Count.ShouldBeGreaterThan(10);

        var found = new List<string>();
        foreach (var table in tables)
        {
            await using var search = new NpgsqlCommand(
                $"""
                select exists (
                    select from {table} as row where position($1 in row::text) > 0 or position($2 in row::text) > 0)
                """,
                connection)
            {
                Parameters =
                {
                    new() { Value = text },
                    new() { Value = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)) },
                },
            };
            if (await search.ExecuteScalarAsync(Ct) is true) found.Add(table);
        }

        return found;
    }
}
