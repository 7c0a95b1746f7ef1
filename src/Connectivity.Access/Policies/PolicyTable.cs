using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Access.Policies;

/// <summary>The policies of users. They lie outside the tenants, as users do.</summary>
public static class PolicyTable
{
    public const string Name = $"{ConnectivitySchema.Name}.user_policies";

    internal static Table Policies()
    {
        var table = new Table(Name);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("user_name").AsPrimaryKey();
        table.AddColumn<string>("policy_name").AsPrimaryKey();
        // As it was attached, byte for byte.
        table.AddColumn<string>("document").NotNull();
        return table;
    }
}
