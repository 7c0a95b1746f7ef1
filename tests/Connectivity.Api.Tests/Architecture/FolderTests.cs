namespace Connectivity.Api.Tests.Architecture;

/// <summary>A folder is a capability: it may use others, and none uses it that it uses itself.</summary>
public sealed class FolderTests
{
    public static TheoryData<string> Projects =>
    [
        "Connectivity.Domain", "Connectivity.Projections", "Connectivity.Access", "Connectivity.Aws", "Connectivity.Gateway",
        "Connectivity.LocalPostgres", "Connectivity.Api",
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_do_not_use_each_other_in_circles(string project) =>
        FolderDependencies.Of(project).InCircles.ShouldBeEmpty();

    [Fact]
    public void The_code_shows_what_a_folder_uses() =>
        FolderDependencies.Of("Connectivity.Projections").All
            .ShouldBe(
            [
                ". -> Database", ". -> Gateways", ". -> Indexing", ". -> Lifecycle", ". -> Registry", "Gateways -> Database",
                "Gateways -> Indexing", "Gateways -> Registry", "History -> Indexing", "Indexing -> Database", "Lifecycle -> Database",
                "Lifecycle -> Gateways", "Lifecycle -> Indexing", "Lifecycle -> Registry", "Registry -> Database", "Registry -> Indexing",
            ],
            ignoreOrder: true);

    [Fact]
    public void No_folder_of_the_host_uses_what_composes_it() =>
        FolderDependencies.Of("Connectivity.Api").All.ShouldAllBe(use => !use.EndsWith("-> Hosting"));
}
