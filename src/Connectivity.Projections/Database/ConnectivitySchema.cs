namespace Connectivity.Projections.Database;

/// <summary>The schema of every table but Wolverine's, and the SQL names of Marten's tables in it.</summary>
public static class ConnectivitySchema
{
    public const string Name = "connectivity";

    /// <summary>Marten's table of events, one partition for each generation.</summary>
    public const string Events = $"{Name}.mt_events";

    /// <summary>Marten's table of streams, one partition for each generation.</summary>
    public const string Streams = $"{Name}.mt_streams";

    /// <summary>Marten's alias for the document that the inline projection stores.</summary>
    public const string RecordAlias = "record";

    /// <summary>The inline projection's table of the latest records, one partition for each generation.</summary>
    public const string Records = $"{Name}.mt_doc_{RecordAlias}";

    /// <summary>The sequence that numbers events; each generation has its own, of this name and its suffix.</summary>
    public const string EventsSequence = $"{Name}.mt_events_sequence";

    /// <summary>
    /// Marten's table of how far projections have come. Those of a tenant have names that end with a colon and its id.
    /// </summary>
    public const string Progression = $"{Name}.mt_event_progression";

    /// <summary>Marten's table of tenants' partitions.</summary>
    public const string TenantPartitions = $"{Name}.mt_tenant_partitions";
}
