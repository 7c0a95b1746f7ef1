using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Architecture;

/// <summary>The code map matches the code.</summary>
public sealed partial class CodeMapTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(Build.SourceDirectory, ".."));

    private static readonly string Map = File.ReadAllText(Path.Combine(Repository, "docs", "code-map.md"));

    [Fact]
    public void Every_path_in_the_code_map_exists()
    {
        var missing = new List<string>();
        var project = "";
        foreach (var line in Layout().Match(Map).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Paths precede the description; two or more spaces separate them.
            var paths = Regex.Split(line.Trim(), " {2,}")[0].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            if (line[0] != ' ') project = paths[0];
            missing.AddRange(paths.Select(path => line[0] == ' ' ? Path.Combine(project, path) : path)
                .Where(path => !Path.Exists(Path.Combine(Repository, path))));
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_link_in_the_code_map_leads_to_a_file()
    {
        var links = Link().Matches(Map).Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains("://")).ToList();

        links.Count.ShouldBeGreaterThan(5);
        links.Where(link => !File.Exists(Path.Combine(Repository, "docs", link))).ShouldBeEmpty();
    }

    [Fact]
    public void The_code_map_lists_every_folder_of_every_project()
    {
        var layout = Layout().Match(Map).Groups[1].Value;
        var folders = Directory.EnumerateDirectories(Build.SourceDirectory)
            .SelectMany(Directory.EnumerateDirectories).Select(Path.GetFileName)
            .Where(folder => folder is not ("bin" or "obj" or "Internal")).Distinct();

        folders.Where(folder => !layout.Contains(folder + "/")).ShouldBeEmpty();
    }

    [GeneratedRegex("```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Layout();

    [GeneratedRegex(@"\]\(([^)#]+)")]
    private static partial Regex Link();
}
