using System.Reflection;
using System.Xml.Linq;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Architecture;

/// <summary>References point inward, and each project references only what its layer allows.</summary>
public sealed class ProjectReferenceTests
{
    [Theory]
    [InlineData("Connectivity.Domain")]
    [InlineData("Connectivity.Aws")]
    [InlineData("Connectivity.LocalPostgres")]
    [InlineData("Connectivity.Projections", "Connectivity.Domain")]
    [InlineData("Connectivity.Gateway", "Connectivity.Domain")]
    [InlineData("Connectivity.Access", "Connectivity.Aws", "Connectivity.Projections")]
    [InlineData("Connectivity.Api", "Connectivity.Access", "Connectivity.Gateway", "Connectivity.LocalPostgres")]
    public void A_project_references_exactly_the_projects_of_its_inner_layers(string project, params string[] inside) =>
        Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
            .ShouldBe(inside, ignoreOrder: true);

    [Fact]
    public void The_source_directory_contains_only_the_known_projects() =>
        Directory.EnumerateDirectories(Build.SourceDirectory).Select(Path.GetFileName).ShouldBe(
            [
                "Connectivity.Access", "Connectivity.Api", "Connectivity.Aws", "Connectivity.Domain",
                "Connectivity.Gateway", "Connectivity.LocalPostgres", "Connectivity.Projections",
            ],
            ignoreOrder: true);

    [Theory]
    [InlineData("Connectivity.Domain")]
    [InlineData("Connectivity.Aws")]
    public void Domain_and_Aws_reference_only_the_runtime(string project)
    {
        Items(project, "PackageReference").ShouldBeEmpty();
        Assembly.Load(project).GetReferencedAssemblies()
            .ShouldAllBe(reference => reference.Name!.StartsWith("System."));
    }

    [Theory]
    [InlineData("Connectivity.Domain")]
    [InlineData("Connectivity.Aws")]
    [InlineData("Connectivity.Projections")]
    [InlineData("Connectivity.Access")]
    [InlineData("Connectivity.Gateway")]
    [InlineData("Connectivity.LocalPostgres")]
    public void Only_the_host_references_AspNetCore_and_Wolverine(string project)
    {
        XDocument.Load(ProjectFile(project)).Root!.Attribute("Sdk")!.Value.ShouldBe("Microsoft.NET.Sdk");
        Items(project, "FrameworkReference").ShouldBeEmpty();
        Assembly.Load(project).GetReferencedAssemblies().Select(reference => reference.Name!)
            .ShouldAllBe(name => !name.StartsWith("Microsoft.AspNetCore") && !name.StartsWith("Wolverine"));
    }

    [Theory]
    [InlineData("Marten", "Connectivity.Projections", "Connectivity.Api")]
    [InlineData("MQTTnet", "Connectivity.Gateway")]
    public void Marten_and_MQTTnet_are_referenced_only_where_allowed(string library, params string[] allowed)
    {
        string[] projects =
        [
            "Connectivity.Domain", "Connectivity.Aws", "Connectivity.Projections", "Connectivity.Access",
            "Connectivity.Gateway", "Connectivity.LocalPostgres", "Connectivity.Api",
        ];
        projects.Where(project =>
                Assembly.Load(project).GetReferencedAssemblies().Any(reference => reference.Name!.StartsWith(library)))
            .ShouldBe(allowed, ignoreOrder: true);
    }

    private static string ProjectFile(string project) =>
        Path.Combine(Build.SourceDirectory, project, project + ".csproj");

    private static IEnumerable<string> Items(string project, string item) =>
        XDocument.Load(ProjectFile(project)).Descendants(item).Select(element => element.Attribute("Include")!.Value);
}
