using Connectivity.Domain.Lifecycle;
using Marten;
using Marten.Events;

namespace Connectivity.Projections.StoredForm;

/// <summary>The names under which Marten stores the types of events.</summary>
internal static class StoredEventType
{
    /// <summary>
    /// The column <c>mt_dotnet_type</c>. Marten looks at it only where it does not know a name, and knows all of ours:
    /// a type's name in each row would be a tenth of it. Rows of earlier releases contain one.
    /// </summary>
    public const string Clr = "";

    public static void Map<T>(StoreOptions options, string name) where T : LifecycleEvent
    {
        options.Events.MapEventType<T>(name);
        ((EventGraph)options.Events).EventMappingFor(typeof(T))!.DotNetTypeName = Clr;
    }

    /// <summary>The column <c>type</c>.</summary>
    public static string Of(LifecycleEvent lifecycleEvent) => lifecycleEvent is ThingConnected
        ? ConnectivityStore.ThingConnectedName
        : ConnectivityStore.ThingDisconnectedName;
}
