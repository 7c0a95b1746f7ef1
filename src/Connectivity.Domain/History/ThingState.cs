using Connectivity.Domain.Lifecycle;

namespace Connectivity.Domain.History;

/// <summary>
/// The state of a thing that has connected: <see cref="Connected"/>, or the reason for which it is disconnected.
/// </summary>
public static class ThingState
{
    /// <summary>No event carries this reason.</summary>
    public const string Connected = DisconnectReason.None;

    /// <summary>The state that a record shows; null for a thing that never connected.</summary>
    public static string? Of(ConnectivityRecord record) => record.Latest is null ? null : record.DisconnectReason;
}
