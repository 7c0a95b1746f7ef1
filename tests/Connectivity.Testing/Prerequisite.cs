using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Connectivity.Testing;

/// <summary>
/// An installed program that a test needs. Where it is absent the test is skipped; under <c>CI=true</c> it fails, so
/// that no test is skipped unnoticed.
/// </summary>
public static partial class Prerequisite
{
    private static readonly string[] SystemDirectories =
        OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"];

    /// <summary>The path of Node.js 20 or newer, which the AWS SDK for JavaScript needs.</summary>
    public static string Node20()
    {
        var node = Find("node");
        Require(node is not null && MajorVersion(node) >= 20, "Node.js 20 or newer is not installed.");
        return node!;
    }

    /// <summary>The path of a Mosquitto client program.</summary>
    /// <param name="client">mosquitto_sub or mosquitto_pub.</param>
    public static string MosquittoClient(string client)
    {
        var path = Find(client);
        Require(
            path is not null,
            $"{client} is not installed "
                + "(Debian, Ubuntu: apt install mosquitto-clients; macOS: brew install mosquitto).");
        return path!;
    }

    /// <summary>The path of curl.</summary>
    public static string Curl()
    {
        var path = Find("curl");
        Require(
            path is not null, "curl is not installed (Debian, Ubuntu: apt install curl; macOS: brew install curl).");
        return path!;
    }

    /// <summary>
    /// A prerequisite of one test project: skips the test where it is not met, and fails it under <c>CI=true</c>.
    /// </summary>
    /// <param name="met">Whether the test can run.</param>
    /// <param name="otherwise">The message: what is missing.</param>
    public static void Require(bool met, string otherwise)
    {
        if (met) return;
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            Assert.Fail(otherwise + " Under CI=true no test may be skipped.");
        Assert.Skip(otherwise);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(SystemDirectories)
            .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? program + ".exe" : program))
            .FirstOrDefault(File.Exists);

    private static int MajorVersion(string program)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true })!;
            return Number().Match(process.StandardOutput.ReadToEnd()) is { Success: true } found
                ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture)
                : 0;
        }
        catch (Win32Exception)
        {
            return 0;
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
