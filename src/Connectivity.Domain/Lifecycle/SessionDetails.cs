namespace Connectivity.Domain.Lifecycle;

/// <summary>What is known of an MQTT session; null where the source did not report it.</summary>
/// <param name="KeepAliveDuration">Seconds.</param>
/// <param name="CleanSession">MQTT 3.1.1 clean session, MQTT 5 clean start.</param>
/// <param name="SessionExpiry">Seconds the session outlives its connection.</param>
public sealed record SessionDetails(int? KeepAliveDuration, bool? CleanSession, long? SessionExpiry)
{
    public static readonly SessionDetails None = new(null, null, null);

    /// <summary>Each detail of this one, or the other's where this one lacks it.</summary>
    public SessionDetails Or(SessionDetails other) => new(
        KeepAliveDuration ?? other.KeepAliveDuration,
        CleanSession ?? other.CleanSession,
        SessionExpiry ?? other.SessionExpiry);
}
