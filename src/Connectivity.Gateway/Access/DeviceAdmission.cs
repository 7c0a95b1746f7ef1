namespace Connectivity.Gateway.Access;

/// <summary>The answer to a <see cref="DeviceClaim"/>: one of the three below.</summary>
public abstract record DeviceAdmission
{
    private DeviceAdmission()
    {
    }

    /// <summary>The device may connect, as this identity.</summary>
    /// <param name="LastVersionNumber">
    /// The highest version number known of the client, on any gateway: this connection gets a higher one. 0 if none is
    /// known.
    /// </param>
    public sealed record Admitted(IDeviceIdentity Identity, long LastVersionNumber = 0) : DeviceAdmission;

    /// <summary>The device may not connect.</summary>
    /// <param name="BadCredentials">
    /// The user name or the password is wrong: 0x86, in MQTT 3.1.1 code 4. Otherwise the device is not authorised:
    /// 0x87, in MQTT 3.1.1 code 5.
    /// </param>
    /// <param name="PrincipalIdentifier">
    /// The principal, if it is known and only the permission is missing; subscribers of <c>connect_failed</c> receive
    /// it.
    /// </param>
    public sealed record Refused(bool BadCredentials = false, string? PrincipalIdentifier = null) : DeviceAdmission;

    /// <summary>The host can't decide now: 0x88, in MQTT 3.1.1 code 3. The device may try again.</summary>
    public sealed record Unavailable : DeviceAdmission;
}
