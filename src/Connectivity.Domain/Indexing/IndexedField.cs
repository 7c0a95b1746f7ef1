namespace Connectivity.Domain.Indexing;

/// <summary>A field of an index: managed, where the service defines it, or custom, where the account does.</summary>
/// <param name="Type">One of <see cref="FieldType"/>.</param>
public sealed record IndexedField(string Name, string Type);

/// <summary>The types of an indexed field, by their names on the wire.</summary>
public static class FieldType
{
    public const string Boolean = "Boolean";
    public const string Number = "Number";
    public const string String = "String";
}
