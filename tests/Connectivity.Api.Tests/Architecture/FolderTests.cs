namespace Connectivity.Api.Tests.Architecture;

/// <summary>A folder is a capability: it may use others, but not in cycles.</summary>
public sealed class FolderTests
{
    public static TheoryData<string> Projects =>
    [
        "Connectivity.Domain", "Connectivity.Projections", "Connectivity.Access", "Connectivity.Aws",
        "Connectivity.Gateway", "Connectivity.LocalPostgres", "Connectivity.Api",
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_of_a_project_do_not_depend_on_each_other_in_cycles(string project) =>
        FolderDependencies.Of(project).InCircles.ShouldBeEmpty();

    [Fact]
    public void Dependencies_between_folders_are_found_in_the_code() =>
        FolderDependencies.Of("Connectivity.Projections").All
            .ShouldBe(
            [
                ". -> Database", ". -> Gateways", ". -> Holds", ". -> Indexing", ". -> Lifecycle", ". -> Registry",
                ". -> Sessions", ". -> StoredForm",
                "Changes -> Database", "Changes -> History", "Changes -> Indexing",
                "Fleet -> Database", "Fleet -> History", "Fleet -> Indexing", "Fleet -> Registry", "Fleet -> Sessions",
                "Gateways -> Database", "Gateways -> Indexing", "Gateways -> Registry",
                "History -> Database", "History -> Indexing", "History -> Registry", "History -> Sessions",
                "History -> StoredForm",
                "Holds -> Database",
                "Indexing -> Database", "Indexing -> Holds",
                "Lifecycle -> Database", "Lifecycle -> Gateways", "Lifecycle -> Indexing", "Lifecycle -> Registry",
                "Lifecycle -> Sessions", "Lifecycle -> StoredForm",
                "Registry -> Database", "Registry -> Holds", "Registry -> Indexing",
                "Sessions -> Database", "Sessions -> Indexing", "Sessions -> Registry", "Sessions -> StoredForm",
            ],
            ignoreOrder: true);

    [Fact]
    public void No_folder_of_the_host_uses_the_Hosting_folder() =>
        FolderDependencies.Of("Connectivity.Api").All.ShouldAllBe(use => !use.EndsWith("-> Hosting"));
}
