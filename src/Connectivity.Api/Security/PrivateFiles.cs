using System.Text;
using Connectivity.Api.Lifetime;

namespace Connectivity.Api.Security;

/// <summary>Files and directories for the eyes of the host's own user alone.</summary>
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
                : Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The directory {full} can't be created: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a new file as a whole: it is there complete, or not at all. Its directory is made where there is none.</summary>
    /// <param name="keepingAs">The name that a file in its place gets.</param>
    /// <exception cref="StartupException">It can't be written.</exception>
    public static void Write(string path, string content, string keepingAs)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(unfinished, options))
            {
                file.Write(Encoding.UTF8.GetBytes(content));
                file.Flush(flushToDisk: true);
            }

            if (File.Exists(path)) File.Move(path, keepingAs);
            File.Move(unfinished, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The file {path} can't be written: {exception.Message}", exception);
        }
    }
}
