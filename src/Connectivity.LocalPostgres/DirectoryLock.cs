using System.Globalization;

namespace Connectivity.LocalPostgres;

/// <summary>
/// One process at a time has a data directory. The lock is the operating system's, on an open file, so it ends with the process
/// however that ends; the file beside it only says who it is, for the message.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    /// <summary>
    /// A process that is starting a child holds its files open in it for an instant, so a lock just given free can seem held.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;
    private readonly string _holder;

    private DirectoryLock(FileStream file, string holder)
    {
        _file = file;
        _holder = holder;
    }

    /// <exception cref="LocalPostgresException">Another live process has the directory; the message names it.</exception>
    public static async Task<DirectoryLock> TakeAsync(string dataDirectory, CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; waited <= Timeout; waited += RetryDelay)
        {
            if (TryTake(dataDirectory) is { } taken) return taken;
            await Task.Delay(RetryDelay, ct);
        }

        throw new LocalPostgresException(
            $"{Holder(dataDirectory)} is using the data directory {dataDirectory}. Stop that process, or choose another directory with " +
            "the setting `Connectivity__DataDirectory`. For several hosts, give them one database with `ConnectionStrings__Connectivity`.");
    }

    /// <summary>Null where another live process has it.</summary>
    public static DirectoryLock? TryTake(string dataDirectory)
    {
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(dataDirectory, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (IsHeld(held))
        {
            return null;
        }

        var holder = HolderFile(dataDirectory);
        File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new DirectoryLock(file, holder);
    }

    /// <summary>Who has the directory, as the beginning of a sentence.</summary>
    public static string Holder(string dataDirectory)
    {
        try
        {
            return $"Another process (pid {int.Parse(File.ReadAllText(HolderFile(dataDirectory)), CultureInfo.InvariantCulture)})";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            return "Another process";
        }
    }

    public void Dispose()
    {
        File.Delete(_holder);
        // The lock's own file stays: removing it would let two processes hold two files of that name.
        _file.Dispose();
    }

    private static string HolderFile(string dataDirectory) => Path.Combine(dataDirectory, "host.pid");

    /// <summary>EWOULDBLOCK on Linux and macOS; a sharing or lock violation on Windows.</summary>
    private static bool IsHeld(IOException exception) =>
        exception.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
