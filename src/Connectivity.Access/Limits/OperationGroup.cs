namespace Connectivity.Access.Limits;

/// <summary>
/// Operations that share one limit. The names are those of settings, of stored limits and of the command <c>limits</c>.
/// </summary>
public static class OperationGroup
{
    /// <summary>The connectivity query: 350 a second on AWS, "adjustable".</summary>
    public const string GetThingConnectivityData = "GetThingConnectivityData";

    /// <summary>Creating, changing and listing things.</summary>
    public const string Registry = "Registry";

    /// <summary>The indexing configuration.</summary>
    public const string Indexing = "Indexing";

    /// <summary>Lifecycle events over HTTP; one request may bring many.</summary>
    public const string Ingest = "Ingest";

    /// <summary>Everything else under <c>/v1</c>.</summary>
    public const string History = "History";

    public static readonly IReadOnlyList<string> All = [GetThingConnectivityData, Registry, Indexing, Ingest, History];
}
