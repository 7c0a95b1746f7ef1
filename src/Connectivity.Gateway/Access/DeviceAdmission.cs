namespace Connectivity.Gateway.Access;

/// <summary>The answer to a <see cref="DeviceClaim"/>: one of the three below.</summary>
public abstract record DeviceAdmission
{
    private DeviceAdmission()
    {
    }

    /// <summary>The device may connect, as this identity.</summary>
    /// <param name="LastVersionNumber">
    /// The highest that the client is known to have had, on any gateway: this connection's is above it. 0 where none is known.
    /// </param>
    public sealed record Admitted(IDeviceIdentity Identity, long LastVersionNumber = 0) : DeviceAdmission;

    /// <summary>The device may not connect.</summary>
    /// <param name="BadCredentials">
    /// The user name or the password is wrong: 0x86, in MQTT 3.1.1 code 4. Otherwise it is not authorised: 0x87, in MQTT 3.1.1 code 5.
    /// </param>
    /// <param name="PrincipalIdentifier">Who it is, where that is known and only the permission is lacking; subscribers of
    /// <c>connect_failed</c> are told.</param>
    public sealed record Refused(bool BadCredentials = false, string? PrincipalIdentifier = null) : DeviceAdmission;

    /// <summary>It can't be told now: 0x88, in MQTT 3.1.1 code 3. The device may try again.</summary>
    public sealed record Unavailable : DeviceAdmission;
}
