namespace Connectivity.Files;

// <summary>
// A file that one process at a time holds open. The lock is the operating system's, so it ends with the process. The
// file itself stays: removing it would let two processes hold two files of one name.
// </summary>
internal static class LockFile
{
    // <summary>The open file, or null where another process holds it.</summary>
    // <exception cref="IOException">The file can't be opened for another reason.</exception>
    public static FileStream? TryAcquire(string path)
    {
        try
        {
            return PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            return null;
        }
    }

    // <summary>EWOULDBLOCK on Linux and macOS; a sharing or lock violation on Windows.</summary>
    private static bool IsHeld(IOException exception) =>
        exception.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
