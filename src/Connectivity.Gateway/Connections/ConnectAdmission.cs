using System.Security.Cryptography;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Connections;

/// <summary>Decides on each CONNECT: by the gateway's own rules, and then by the host's answer.</summary>
internal sealed class ConnectAdmission(
    IDeviceAccess access, FailedConnects failed, GatewayMetrics metrics, ILogger logger)
{
    private long _failures;

    /// <summary>Returns why the connection is refused; null if it is authorized. The credentials are wiped.</summary>
    /// <param name="timeLeft">Cancelled when the host's time for the decision is over.</param>
    public async Task<MqttConnectReasonCode?> DecideAsync(
        Handshake handshake, ConnectionEndpoints endpoints, DeviceChannel channel, ClientAuthorization authorization,
        CancellationToken timeLeft)
    {
        var connect = handshake.Connect;
        try
        {
            var refusal = ConnectRules.Refusal(connect, handshake.Version)
                ?? await RefusalAsync(handshake, endpoints, channel, authorization, timeLeft);
            if (refusal is { } code) metrics.RefusedConnect(code);
            return refusal;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(connect.Password);
            connect.Password = null;
            channel.ClientCertificate?.Dispose();
        }
    }

    private async Task<MqttConnectReasonCode?> RefusalAsync(
        Handshake handshake, ConnectionEndpoints endpoints, DeviceChannel channel, ClientAuthorization authorization,
        CancellationToken timeLeft)
    {
        var connect = handshake.Connect;
        // The network could read the password, and an answer that depends on it would confirm a right one.
        if (connect.Password is not null && !channel.IsEncrypted && !endpoints.AreLoopback)
            return Refuse(principal: null);

        authorization.BeginDecision();
        switch (await AskAsync(Claim(handshake, endpoints, channel), timeLeft))
        {
            case DeviceAdmission.Admitted(var identity, var lastVersion):
                if (!authorization.TryGrant(connect.ClientId, identity, lastVersion))
                    return Refuse(identity.PrincipalIdentifier);
                return MayPublishWill(connect, authorization) ? null : Refuse(identity.PrincipalIdentifier);
            case DeviceAdmission.Refused refused:
                var refusal = Refuse(refused.PrincipalIdentifier);
                return refused.BadCredentials ? MqttConnectReasonCode.BadUserNameOrPassword : refusal;
            default:
                return MqttConnectReasonCode.ServerUnavailable;
        }

        MqttConnectReasonCode Refuse(string? principal)
        {
            if (handshake.AssignedClientId is null) failed.Add(connect.ClientId, principal, endpoints.Source.Address);
            return MqttConnectReasonCode.NotAuthorized;
        }
    }

    /// <summary>A device that may not publish its will is refused, as in AWS IoT.</summary>
    private static bool MayPublishWill(MqttConnectPacket connect, ClientAuthorization authorization) =>
        !connect.WillFlag || authorization.MayPublish(connect.WillTopic);

    private static DeviceClaim Claim(Handshake handshake, ConnectionEndpoints endpoints, DeviceChannel channel) => new()
    {
        ClientId = handshake.Connect.ClientId,
        ClientIdIsAssigned = handshake.AssignedClientId is not null,
        UserName = handshake.Connect.Username,
        // Without the cast, null would become an empty password.
        Password = handshake.Connect.Password is { } password ? (ReadOnlyMemory<byte>?)password : null,
        ClientCertificate = channel.ClientCertificate,
        IsEncrypted = channel.IsEncrypted,
        Source = endpoints.Source.Address,
        ServerName = channel.ServerName,
        WillTopic = handshake.Connect.WillFlag ? handshake.Connect.WillTopic : null,
        IsPersistent = handshake.IsPersistent,
    };

    private async Task<DeviceAdmission> AskAsync(DeviceClaim claim, CancellationToken timeLeft)
    {
        try
        {
            return await access.AuthenticateAsync(claim, timeLeft).WaitAsync(timeLeft);
        }
        catch (Exception exception)
        {
            if (Interlocked.Increment(ref _failures) % 1000 == 1) logger.AccessFailed(exception.GetType().Name);
            return new DeviceAdmission.Unavailable();
        }
    }
}
