using System.Globalization;
using Connectivity.Files;

namespace Connectivity.LocalPostgres;

/// <summary>
/// Only one process at a time may use a data directory. The lock is the operating system's, on an open file, so that it
/// is released however the process ends; the file beside it contains the process id, for the message.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    /// <summary>
    /// A process that starts a child briefly shares its open files with it, so that a lock just released can appear
    /// held.
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

    /// <exception cref="LocalPostgresException">
    /// Another running process has locked the directory; the message names it.
    /// </exception>
    public static async Task<DirectoryLock> AcquireAsync(string dataDirectory, CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; waited <= Timeout; waited += RetryDelay)
        {
            if (TryAcquire(dataDirectory) is { } acquired) return acquired;
            await Task.Delay(RetryDelay, ct);
        }

        throw new LocalPostgresException(
            $"{Holder(dataDirectory)} is using the data directory {dataDirectory}. Stop that process, or choose " +
            "another directory with the setting `Connectivity__DataDirectory`. For several hosts, give them one " +
            "database with `ConnectionStrings__Connectivity`.");
    }

    /// <summary>Returns null if another running process holds the lock.</summary>
    public static DirectoryLock? TryAcquire(string dataDirectory)
    {
        if (LockFile.TryAcquire(Path.Combine(dataDirectory, "host.lock")) is not { } file) return null;

        var holder = HolderFile(dataDirectory);
        File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new DirectoryLock(file, holder);
    }

    /// <summary>Returns the holder of the lock, as the beginning of a sentence.</summary>
    public static string Holder(string dataDirectory)
    {
        try
        {
            var processId = int.Parse(File.ReadAllText(HolderFile(dataDirectory)), CultureInfo.InvariantCulture);
            return $"Another process (pid {processId})";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            return "Another process";
        }
    }

    public void Dispose()
    {
        File.Delete(_holder);
        // The lock file stays: after a removal two processes could lock two files of that name.
        _file.Dispose();
    }

    private static string HolderFile(string dataDirectory) => Path.Combine(dataDirectory, "host.pid");
}
