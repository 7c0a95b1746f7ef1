using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.Lifecycle;

/// <summary>The names under which Marten stores the types of events.</summary>
internal static class StoredEventType
{
    private static readonly (string, string) Connect = (ConnectivityStore.ThingConnectedName, Clr<ThingConnected>());

    private static readonly (string, string) Disconnect =
        (ConnectivityStore.ThingDisconnectedName, Clr<ThingDisconnected>());

    /// <summary>The columns <c>type</c> and <c>mt_dotnet_type</c>.</summary>
    public static (string Name, string Clr) Of(LifecycleEvent lifecycleEvent) =>
        lifecycleEvent is ThingConnected ? Connect : Disconnect;

    private static string Clr<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
