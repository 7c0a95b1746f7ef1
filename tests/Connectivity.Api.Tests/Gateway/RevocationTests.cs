using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using MQTTnet;
using Npgsql;
using static MQTTnet.MqttClientConnectResultCode;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>Who was let in by what no longer holds is out, on whatever host.</summary>
public sealed class RevocationTests(SecureHost secure)
{
    private ApiHost Host => secure.Host;

    [Fact]
    public async Task A_revoked_credential_ends_its_connection_and_lets_nobody_in()
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
    public async Task A_credential_that_is_revoked_beside_it_ends_no_connection()
    {
        var (pump, valve) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        using var certificate = CertificateAuthority.SelfSigned(pump);
        await Host.RegisterAsync(pump, certificate);
        await Host.CreatePasswordAsync(pump);
        await using var other = await Device.ConnectAsync(Host, valve, await Host.CreatePasswordAsync(valve));
        await using var device = await Device.ConnectAsync(secure, pump, certificate);
        await Host.RevokeAsync((await Host.CredentialIdsAsync(pump))[1]);
        // One change after the other is taken over: when the next has acted, the first has.
        await Host.RevokeAsync((await Host.CredentialIdsAsync(valve)).Single());
        await other.UntilEnded();
        (await device.PublishAsync("plant/pump")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_deleted_thing_takes_its_devices_connection_with_it()
    {
        var pump = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(Host, pump, await Host.CreatePasswordAsync(pump));
        await Host.DeleteThingAsync(pump);
        await device.UntilEnded();
        device.ServerDisconnect.ShouldBe(MqttClientDisconnectReason.NotAuthorized);

        // Its last disconnect belongs to no life that is there.
        await Host.CreateThingAsync(pump);
        await using var successor = await Device.ConnectAsync(Host, pump);
        await Eventually.Is(() => Host.IsConnectedAsync(pump), because: "the new life reads connected");
        (await Host.EventsAsync(pump)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_one_host_is_told_holds_on_the_other()
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
    public async Task A_credential_that_is_made_while_a_change_before_it_is_taken_over_lets_its_device_in()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var (pump, valve) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        await using var other = await Device.ConnectAsync(host, valve);
        await host.CreatePasswordAsync(pump);
        // Whoever reads credentials waits for the lock, and then has what was there when it began.
        await StoredData.ExecuteAsync(host.ConnectionString,
            """
            alter table connectivity.device_credentials rename to stored_credentials;
            create function connectivity.wait() returns boolean language plpgsql volatile as
                $$ begin perform pg_advisory_xact_lock_shared(7); return true; end $$;
            create view connectivity.device_credentials as select * from connectivity.stored_credentials where connectivity.wait();
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
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'advisory'") is long waiting
                    && waiting == readers, because: $"{readers} readers wait");
        }

        await using var device = await connecting;
        device.Answer.ShouldBe(Success);
        // One change after the other is taken over: when the next has acted, those before have.
        await host.RevokeAsync((await host.CredentialIdsAsync(valve)).Single());
        await other.UntilEnded();
        (await device.PublishAsync("plant/pump")).ShouldBeTrue();
    }

    private static Task ShouldReadAsync(ApiHost host, string thingName, string reason) => Eventually.Is(
        async () => (await host.AskAsync(thingName)).Json.Text("disconnectReason") == reason, because: $"the record says {reason}");
}
