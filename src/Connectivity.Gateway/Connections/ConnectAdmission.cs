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

/// <summary>Decides on each CONNECT: by the gateway's own rules, and then by what the host says.</summary>
internal sealed class ConnectAdmission(IDeviceAccess access, FailedConnects failed, GatewayMetrics metrics, ILogger logger)
{
    private long _failures;

    /// <summary>Why the connection is refused; null where it is granted its standing. What proves who it is is forgotten.</summary>
    /// <param name="timeLeft">Cancelled when the host has had time enough.</param>
    /// <exception cref="ProtocolErrorException">The CONNECT is malformed.</exception>
    public async Task<MqttConnectReasonCode?> DecideAsync(
        Handshake handshake, ConnectionEndpoints ends, DeviceChannel channel, ClientAuthorization authorization, CancellationToken timeLeft)
    {
        var connect = handshake.Connect;
        try
        {
            var refusal = ConnectRules.Refusal(connect) ?? await RefusalAsync(handshake, ends, channel, authorization, timeLeft);
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
        Handshake handshake, ConnectionEndpoints ends, DeviceChannel channel, ClientAuthorization authorization, CancellationToken timeLeft)
    {
        var connect = handshake.Connect;
        // Whoever is on the way could read it, and answering as if it were wrong or right would tell which.
        if (connect.Password is not null && !channel.IsEncrypted && !ends.AreLoopback) return Refuse(principal: null);

        authorization.BeginDecision();
        switch (await AskAsync(Claim(handshake, ends, channel), timeLeft))
        {
            case DeviceAdmission.Admitted(var identity, var lastVersion):
                if (!authorization.TryGrant(connect.ClientId, identity, lastVersion)) return Refuse(identity.PrincipalIdentifier);
                return MayLeaveItsWill(connect, authorization) ? null : Refuse(identity.PrincipalIdentifier);
            case DeviceAdmission.Refused refused:
                var refusal = Refuse(refused.PrincipalIdentifier);
                return refused.BadCredentials ? MqttConnectReasonCode.BadUserNameOrPassword : refusal;
            default:
                return MqttConnectReasonCode.ServerUnavailable;
        }

        MqttConnectReasonCode Refuse(string? principal)
        {
            if (handshake.AssignedClientId is null) failed.Add(connect.ClientId, principal, ends.Source.Address);
            return MqttConnectReasonCode.NotAuthorized;
        }
    }

    /// <summary>A device that could not say goodbye as it means to is not let in: AWS IoT fails such a connect.</summary>
    private static bool MayLeaveItsWill(MqttConnectPacket connect, ClientAuthorization authorization) =>
        !connect.WillFlag || authorization.MayPublish(connect.WillTopic);

    private static DeviceClaim Claim(Handshake handshake, ConnectionEndpoints ends, DeviceChannel channel) => new()
    {
        ClientId = handshake.Connect.ClientId,
        ClientIdIsAssigned = handshake.AssignedClientId is not null,
        UserName = handshake.Connect.Username,
        // With the cast: null would be converted to an empty password.
        Password = handshake.Connect.Password is { } password ? (ReadOnlyMemory<byte>?)password : null,
        ClientCertificate = channel.ClientCertificate,
        IsEncrypted = channel.IsEncrypted,
        Source = ends.Source.Address,
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
