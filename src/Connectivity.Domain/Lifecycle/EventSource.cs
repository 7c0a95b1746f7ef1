namespace Connectivity.Domain.Lifecycle;

/// <summary>Names of those who emit lifecycle events. Version numbers compare only within one.</summary>
public static class EventSource
{
    /// <summary>The source of events that name none.</summary>
    public const string Http = "http";

    /// <summary>The gateway of any node.</summary>
    public const string Gateway = "gateway";
}
