namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// The two kinds of lifecycle event, by the name AWS gives them in <c>eventType</c> and in presence topics.
/// </summary>
public static class EventKind
{
    public const string Connected = "connected";
    public const string Disconnected = "disconnected";

    public static string Of(LifecycleEvent lifecycleEvent) =>
        lifecycleEvent is ThingConnected ? Connected : Disconnected;
}
