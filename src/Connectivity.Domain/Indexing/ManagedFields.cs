namespace Connectivity.Domain.Indexing;

/// <summary>The fields that the service defines. Source: AWS IoT developer guide, "Managed fields".</summary>
public static class ManagedFields
{
    private static readonly IndexedField[] Registry =
    [
        new("thingName", FieldType.String),
        new("thingId", FieldType.String),
        new("registry.version", FieldType.Number),
        new("registry.thingTypeName", FieldType.String),
        new("registry.thingGroupNames", FieldType.String),
    ];

    private static readonly IndexedField[] Shadow =
        [new("shadow.version", FieldType.Number), new("shadow.hasDelta", FieldType.Boolean)];

    private static readonly IndexedField[] Connectivity =
    [
        new("connectivity.connected", FieldType.Boolean),
        new("connectivity.timestamp", FieldType.Number),
        new("connectivity.disconnectReason", FieldType.String),
        new("connectivity.clientId", FieldType.String),
        new("connectivity.cleanSession", FieldType.Boolean),
        new("connectivity.keepAliveDuration", FieldType.Number),
        new("connectivity.sessionExpiry", FieldType.Number),
        new("connectivity.version", FieldType.Number),
    ];

    private static readonly IndexedField[] Groups =
    [
        new("parentGroupNames", FieldType.String),
        new("description", FieldType.String),
        new("version", FieldType.Number),
        new("thingGroupName", FieldType.String),
        new("thingGroupId", FieldType.String),
    ];

    /// <summary>The managed fields of the index of things; empty while it is off.</summary>
    public static IReadOnlyList<IndexedField> Of(ThingIndexing thing) => thing.Mode == IndexingMode.Off
        ? []
        :
        [
            .. Registry,
            .. thing.Mode == IndexingMode.RegistryAndShadow ? Shadow : [],
            .. thing.ConnectivityMode == IndexingMode.Status ? Connectivity : [],
        ];

    /// <summary>The managed fields of the index of groups; empty while it is off.</summary>
    public static IReadOnlyList<IndexedField> Of(ThingGroupIndexing group) =>
        group.Mode == IndexingMode.Off ? [] : Groups;

    /// <summary>
    /// The error in the managed fields that a client sent, or null. Fields of a mode that is off are valid too.
    /// </summary>
    public static string? Validate(ThingIndexing thing) =>
        Validate("thingIndexingConfiguration", thing.RequestedManagedFields, [.. Registry, .. Shadow, .. Connectivity]);

    /// <inheritdoc cref="Validate(ThingIndexing)"/>
    public static string? Validate(ThingGroupIndexing group) =>
        Validate("thingGroupIndexingConfiguration", group.RequestedManagedFields, Groups);

    private static string? Validate(string block, IReadOnlyList<IndexedField> sent, IndexedField[] known)
    {
        var invalid = sent.Except(known).Select(field => $"name:{field.Name}, type:{field.Type}").ToList();
        return invalid.Count == 0
            ? null
            : $"Only managed fields with expected types are allowed in {block}.managedFields. "
                + $"Invalid field(s): [{string.Join(", ", invalid)}]";
    }
}
