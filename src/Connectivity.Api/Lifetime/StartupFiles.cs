using Connectivity.Files;

namespace Connectivity.Api.Lifetime;

/// <summary>Private files that the host writes when it starts; it does not start without them.</summary>
public static class StartupFiles
{
    /// <exception cref="StartupException">The directory can't be created.</exception>
    public static DirectoryInfo CreateDirectory(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return PrivateFiles.CreateDirectory(full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The directory {full} can't be created: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a file atomically: it exists complete or not at all. Creates a missing directory.</summary>
    /// <param name="renameExistingTo">The new name of an existing file at the path.</param>
    /// <exception cref="StartupException">The file can't be written.</exception>
    public static void Write(string path, string content, string renameExistingTo)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            PrivateFiles.WriteNew(temporary, content);
            if (File.Exists(path)) File.Move(path, renameExistingTo);
            File.Move(temporary, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The file {path} can't be written: {exception.Message}", exception);
        }
    }
}
