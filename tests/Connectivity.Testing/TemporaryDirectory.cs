namespace Connectivity.Testing;

/// <summary>A directory of its own for a test, in the system's temporary directory.</summary>
public static class TemporaryDirectory
{
    /// <summary>
    /// Creates an empty directory with an unguessable name, and returns its path. Other users can traverse but not list
    /// it, as a PostgreSQL that root starts requires.
    /// </summary>
    public static string Make(string prefix = "connectivity-test-")
    {
        var path = Directory.CreateTempSubdirectory(prefix).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                path, File.GetUnixFileMode(path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return path;
    }
}
