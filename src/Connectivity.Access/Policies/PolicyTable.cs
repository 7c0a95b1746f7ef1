using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Access.Policies;

/// <summary>The policies of users. They belong to no tenant, as users.</summary>
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
