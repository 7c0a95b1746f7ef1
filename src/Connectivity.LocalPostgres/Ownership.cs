using System.Runtime.InteropServices;

namespace Connectivity.LocalPostgres;

/// <summary>Owners of files and directories, and the flushing of renames to disk.</summary>
internal static class Ownership
{
    public static void Give(string path, PostgresUser user)
    {
        if (LChown(path, user.UserId, user.GroupId) == 0) return;
        throw new LocalPostgresException(
            $"{path} cannot be given to the user {user.Name}, which PostgreSQL runs as because this process is root: " +
            $"{Marshal.GetLastPInvokeErrorMessage()}. " +
            "Run as another user than root, or choose a data directory on a file system with owners.");
    }

    /// <summary>A renamed file survives a power failure only once its directory is on the disk.</summary>
    public static void FlushNames(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(directory, flags: 0);
        if (descriptor < 0) return;
        _ = FSync(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
    private static extern int LChown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
