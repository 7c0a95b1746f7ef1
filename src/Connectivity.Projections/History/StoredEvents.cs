using Connectivity.Projections.StoredForm;
using Npgsql;

namespace Connectivity.Projections.History;

/// <summary>Reads the rows of stored events.</summary>
internal static class StoredEvents
{
    /// <summary>The columns that <see cref="Read"/> reads, in their order.</summary>
    public const string Columns = "id, version, timestamp, type, data";

    /// <param name="first">The position of the first of <see cref="Columns"/>.</param>
    public static RecordedEvent Read(NpgsqlDataReader reader, int first = 0)
    {
        var lifecycleEvent = StoredEventJson.Read(
            reader.GetString(first + 3), reader.GetFieldValue<byte[]>(first + 4), out var isLate);
        return new RecordedEvent(
            reader.GetGuid(first), reader.GetInt64(first + 1), reader.GetFieldValue<DateTimeOffset>(first + 2),
            lifecycleEvent, isLate);
    }
}
