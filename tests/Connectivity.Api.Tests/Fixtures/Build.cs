using System.Reflection;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>Directories and files whose paths the build passes in.</summary>
public static class Build
{
    public static string AwsSdkDirectory { get; } = Find(nameof(AwsSdkDirectory));

    public static string AwsCliDirectory { get; } = Find(nameof(AwsCliDirectory));

    public static string SourceDirectory { get; } = Find(nameof(SourceDirectory));

    /// <summary>The program in its output directory.</summary>
    public static string ApiProgram { get; } = Find(nameof(ApiProgram));

    private static string Find(string name) =>
        typeof(Build).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == name).Value!;
}
