using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Access.Limits;

/// <summary>The limits of accounts that differ from the settings, and the token buckets of all accounts.</summary>
public static class ThrottleTables
{
    public const string LimitsName = $"{ConnectivitySchema.Name}.throttle_limits";
    public const string BucketsName = $"{ConnectivitySchema.Name}.throttle_buckets";

    internal static Table Limits()
    {
        var table = new Table(LimitsName);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("operations").AsPrimaryKey();
        table.AddColumn<double>("per_second").NotNull();
        table.AddColumn<double>("burst").NotNull();
        return table;
    }

    internal static Table Buckets()
    {
        var table = new Table(BucketsName);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("operations").AsPrimaryKey();
        table.AddColumn<double>("tokens").NotNull();
        table.AddColumn("refilled_at", "timestamp with time zone").NotNull();
        return table;
    }
}
