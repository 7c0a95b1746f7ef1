namespace Connectivity.Projections.Records;

/// <summary>The table that the inline projection keeps the latest records in, as SQL names it.</summary>
public static class RecordTable
{
    public const string Alias = "record";

    public const string Name = $"{ConnectivityStore.Schema}.mt_doc_{Alias}";
}
