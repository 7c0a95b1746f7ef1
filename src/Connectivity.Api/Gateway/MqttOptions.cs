namespace Connectivity.Api.Gateway;

/// <summary>
/// The host's own settings of the section <c>Connectivity:Mqtt</c>, beside those of
/// <see cref="Connectivity.Gateway.Configuration.GatewayOptions"/>.
/// </summary>
public sealed class MqttOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// How long a host may go without renewing its lease before its open sessions are closed: 3 s to 1 hour. It renews
    /// five times as often. All hosts on a database must have the same value.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a lease is renewed, and those of others are read.</summary>
    public TimeSpan RenewalInterval => Lease / 5;

    /// <summary>Returns every error of the settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (Lease < TimeSpan.FromSeconds(3) || Lease > TimeSpan.FromHours(1))
            yield return "Connectivity:Mqtt:Lease must be 3 s to 1 hour";
    }
}
