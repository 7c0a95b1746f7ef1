using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using MQTTnet;
using Npgsql;
using static MQTTnet.MqttClientConnectResultCode;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>Revoking a credential or deleting a thing ends the device's connection on every host.</summary>
public sealed class RevocationTests(SecureHost secure)
{
    private ApiHost Host => secure.Host;

    [Fact]
    public async Task A_revoked_credential_ends_its_connection_and_is_refused()
    {
        var pump = await Host.CreateThingAsync();
        using var certificate = CertificateAuthority.SelfSigned(pump);
        var credential = await Host.RegisterAsync(pump, certificate);
        await using var device = await Device.ConnectAsync(secure, pump, certificate);
        await Eventually.Is(() => Host.IsConnectedAsync(pump), because: "the thing reads connected");

        await Host.RevokeAsync(credential);

        await device.UntilEnded();
        device.ServerDisconnect.ShouldBe(MqttClientDisconnectReason.NotAuthorized);
        (await Device.AnswerAsync(Device.ConnectAsync(secure, pump, certificate))).ShouldBe(NotAuthorized);
        await ShouldReadAsync(Host, pump, "AUTH_ERROR");
        (await Host.EventsAsync(pump)).Select(e => e.Text("principalIdentifier")).ShouldBe([credential, credential]);
    }

    [Fact]
    public async Task Revoking_another_credential_of_the_thing_keeps_the_connection()
    {
        var (pump, valve) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        using var certificate = CertificateAuthority.SelfSigned(pump);
        await Host.RegisterAsync(pump, certificate);
        await Host.CreatePasswordAsync(pump);
        await using var other = await Device.ConnectAsync(Host, valve, await Host.CreatePasswordAsync(valve));
        await using var device = await Device.ConnectAsync(secure, pump, certificate);
        await Host.RevokeAsync((await Host.CredentialIdsAsync(pump))[1]);
        // Changes are loaded in order: when the second has taken effect, so has the first.
        await Host.RevokeAsync((await Host.CredentialIdsAsync(valve)).Single());
        await other.UntilEnded();
        (await device.PublishAsync("plant/pump")).ShouldBeTrue();
    }

    [Fact]
    public async Task Deleting_a_thing_ends_the_connection_of_its_device()
    {
        var pump = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(Host, pump, await Host.CreatePasswordAsync(pump));
        await Host.DeleteThingAsync(pump);
        await device.UntilEnded();
        device.ServerDisconnect.ShouldBe(MqttClientDisconnectReason.NotAuthorized);

        // The disconnect of the deleted thing is not stored for the new thing.
        await Host.CreateThingAsync(pump);
        await using var successor = await Device.ConnectAsync(Host, pump);
        await Eventually.Is(() => Host.IsConnectedAsync(pump), because: "the new thing reads connected");
        (await Host.EventsAsync(pump)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Revocation_and_deletion_on_one_host_end_connections_on_another()
    {
        await using var other = await ApiHost.StartAsync(Host.ConnectionString);
        var (pump, valve) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        var password = await other.CreatePasswordAsync(pump);
        await using var device = await Device.ConnectAsync(other, pump, password);
        await using var second = await Device.ConnectAsync(other, valve, await Host.CreatePasswordAsync(valve));
        await Eventually.Is(() => Host.IsConnectedAsync(pump), because: "the thing reads connected");

        await Host.RevokeAsync((await Host.CredentialIdsAsync(pump)).Single());
        await device.UntilEnded();
        (await Device.AnswerAsync(Device.ConnectAsync(other, pump, password))).ShouldBe(BadUserNameOrPassword);
        await ShouldReadAsync(Host, pump, "AUTH_ERROR");

        await Host.DeleteThingAsync(valve);
        await second.UntilEnded();
    }

    [Fact]
    public async Task Accepts_a_credential_that_is_created_while_an_earlier_change_is_loaded()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var (pump, valve) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        await using var other = await Device.ConnectAsync(host, valve);
        await host.CreatePasswordAsync(pump);
        // Reading credentials waits for the lock and then returns the rows of its earlier snapshot.
        await StoredData.ExecuteAsync(host.ConnectionString,
            """
            alter table connectivity.device_credentials rename to stored_credentials;
            create function connectivity.wait() returns boolean language plpgsql volatile as
                $$ begin perform pg_advisory_xact_lock_shared(7); return true; end $$;
            create view connectivity.device_credentials as
                select * from connectivity.stored_credentials where connectivity.wait();
            """);
        Task<Device> connecting;
        await using (var connection = await StoredData.OpenAsync(host.ConnectionString))
        {
            await ExecuteAsync("select pg_advisory_lock(7)");
            await ExecuteAsync($$"""select pg_notify('connectivity_access', '{"ThingName":"{{pump}}"}')""");
            await UntilWaitingAsync(1);
            var password = await host.CreatePasswordAsync(pump);
            connecting = Device.ConnectAsync(host, pump, password);
            await UntilWaitingAsync(2);

            async Task<object?> ExecuteAsync(string sql)
            {
                await using var command = new NpgsqlCommand(sql, connection);
                return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
            }

            Task UntilWaitingAsync(int readers) => Eventually.Is(
                async () => await ExecuteAsync(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event = 'advisory'
                    """) is long waiting && waiting == readers,
                because: $"{readers} readers wait");
        }

        await using var device = await connecting;
        device.Answer.ShouldBe(Success);
        // Changes are loaded in order: when this one has taken effect, so have the earlier ones.
        await host.RevokeAsync((await host.CredentialIdsAsync(valve)).Single());
        await other.UntilEnded();
        (await device.PublishAsync("plant/pump")).ShouldBeTrue();
    }

    private static Task ShouldReadAsync(ApiHost host, string thingName, string reason) => Eventually.Is(
        async () => (await host.AskAsync(thingName)).Json.Text("disconnectReason") == reason,
        because: $"the record has the reason {reason}");
}
