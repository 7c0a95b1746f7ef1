using Connectivity.Gateway.Configuration;

namespace Connectivity.Gateway.Access;

/// <summary>
/// Who may connect, and what of it others are told. The host implements it, so that the gateway knows neither credentials nor policies.
/// </summary>
public interface IDeviceAccess
{
    /// <summary>
    /// Decides on a connect. It is asked before the newcomer takes anything over from a present holder of its client id, and within
    /// <see cref="GatewayOptions.ConnectTimeout"/>; asked for many devices at once. What it throws counts as
    /// <see cref="DeviceAdmission.Unavailable"/>.
    /// </summary>
    Task<DeviceAdmission> AuthenticateAsync(DeviceClaim claim, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the account lets presence messages carry <c>ipAddress</c>, to those subscribers who may receive it. Asked once for a
    /// batch of messages, and only where there are subscribers; what it throws counts as no.
    /// </summary>
    ValueTask<bool> ReleasesSocketInformationAsync(CancellationToken cancellationToken);
}
