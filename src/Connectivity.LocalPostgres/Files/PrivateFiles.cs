using System.Text;

namespace Connectivity.Files;

// <summary>Files and directories that only the user of this process can read.</summary>
// <remarks>Compiled into each project that uses it, so that no project needs a reference for it.</remarks>
internal static class PrivateFiles
{
    // <summary>Creates the directory if it is missing; missing directories above it get the usual rights.</summary>
    public static DirectoryInfo CreateDirectory(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    // <summary>Opens the file for reading and writing; a new one gets the rights of its user alone.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share, int bufferSize = 4096)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = bufferSize,
        };
        if (!OperatingSystem.IsWindows() && mode is not (FileMode.Open or FileMode.Truncate))
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    // <summary>Writes a new file and flushes it to disk. Never follows a link: the name must be free.</summary>
    public static void WriteNew(string path, string text)
    {
        using var file = Open(path, FileMode.CreateNew, FileShare.None);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
