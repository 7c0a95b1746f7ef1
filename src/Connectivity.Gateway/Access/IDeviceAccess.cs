using Connectivity.Gateway.Configuration;

namespace Connectivity.Gateway.Access;

/// <summary>
/// Decides who may connect, and what presence messages disclose. The host implements it, so that the gateway knows
/// neither credentials nor policies.
/// </summary>
public interface IDeviceAccess
{
    /// <summary>
    /// Decides on a connect, before the new connection takes its client id over from another, and within
    /// <see cref="GatewayOptions.ConnectTimeout"/>. Called for many devices at once. An exception counts as
    /// <see cref="DeviceAdmission.Unavailable"/>.
    /// </summary>
    Task<DeviceAdmission> AuthenticateAsync(DeviceClaim claim, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the account lets presence messages carry <c>ipAddress</c>, to the subscribers that may receive it.
    /// Called once for a batch of messages, and only if there are subscribers; an exception counts as no.
    /// </summary>
    ValueTask<bool> ReleasesSocketInformationAsync(CancellationToken cancellationToken);
}
