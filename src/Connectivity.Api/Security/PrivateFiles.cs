using System.Text;
using Connectivity.Api.Lifetime;

namespace Connectivity.Api.Security;

/// <summary>Files and directories that only the host's own user can read.</summary>
public static class PrivateFiles
{
    /// <exception cref="StartupException">It can't be created.</exception>
    public static DirectoryInfo CreateDirectory(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(full)
                : Directory.CreateDirectory(
                    full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The directory {full} can't be created: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a file atomically: it exists complete or not at all. Creates a missing directory.</summary>
    /// <param name="renameExistingTo">The new name of an existing file at the path.</param>
    /// <exception cref="StartupException">It can't be written.</exception>
    public static void Write(string path, string content, string renameExistingTo)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes(content));
                file.Flush(flushToDisk: true);
            }

            if (File.Exists(path)) File.Move(path, renameExistingTo);
            File.Move(temporary, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The file {path} can't be written: {exception.Message}", exception);
        }
    }
}
