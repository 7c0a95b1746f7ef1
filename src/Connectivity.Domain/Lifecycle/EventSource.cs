namespace Connectivity.Domain.Lifecycle;

/// <summary>Names of the sources of lifecycle events. Version numbers compare only within a source.</summary>
public static class EventSource
{
    /// <summary>The source of events that name no source.</summary>
    public const string Http = "http";

    /// <summary>The gateway of any node.</summary>
    public const string Gateway = "gateway";
}
