using System.Diagnostics;
using System.Text.Json;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>Third-party clients from the npm registry.</summary>
public static class Npm
{
    /// <summary>
    /// Installs what package.json in the directory asks for, unless the package is installed in that version.
    /// </summary>
    public static async Task EnsureAsync(string directory, string package)
    {
        if (!IsInstalled(directory, package)) await InstallAsync(directory);
    }

    private static bool IsInstalled(string directory, string package)
    {
        var installed = Path.Combine(directory, "node_modules", package, "package.json");
        return File.Exists(installed)
            && JsonElement.Parse(File.ReadAllBytes(installed)).GetProperty("version").GetString()
            == JsonElement.Parse(File.ReadAllBytes(Path.Combine(directory, "package.json"))).GetProperty("dependencies")
                .GetProperty(package).GetString();
    }

    private static async Task InstallAsync(string directory)
    {
        // On Windows npm is a script, which only the shell can start.
        var (program, arguments) = OperatingSystem.IsWindows()
            ? ("cmd", ["/c", "npm", "install"])
            : ("npm", new[] { "install" });
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };
        using var npm = Process.Start(start)!;
        await npm.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await npm.WaitForExitAsync(TestContext.Current.CancellationToken);
        npm.ExitCode.ShouldBe(0, "npm install failed; its errors are above.");
    }
}
