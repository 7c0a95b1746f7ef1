namespace Connectivity.Api.Gateway;

/// <summary>
/// What the host itself does with MQTT: settings of the section <c>Connectivity:Mqtt</c>, beside those of
/// <see cref="Connectivity.Gateway.Configuration.GatewayOptions"/>.
/// </summary>
public sealed class MqttOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// How long a host may go without renewing its lease before its open sessions are closed: 3 s to 1 hour. It renews five times as often. The
    /// same for all hosts on a database.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>All that is wrong with the settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (Lease < TimeSpan.FromSeconds(3) || Lease > TimeSpan.FromHours(1)) yield return "Connectivity:Mqtt:Lease must be 3 s to 1 hour";
    }
}
