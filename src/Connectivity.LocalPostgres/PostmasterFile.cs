using System.Diagnostics;
using System.Globalization;
using Connectivity.Files;

namespace Connectivity.LocalPostgres;

/// <summary>
/// The contents of PostgreSQL's <c>postmaster.pid</c>: the process, and where it listens. The file remains after a
/// server was killed.
/// </summary>
internal sealed record PostmasterFile(
    string Text, int ProcessId, string Data, int Port, string SocketDirectory, bool Ready)
{
    /// <summary>Returns null if PostgreSQL was shut down cleanly, or has only begun to start.</summary>
    public static PostmasterFile? Read(ClusterDirectory directory)
    {
        if (TryRead(FileIn(directory.Data)) is not { } text) return null;
        var lines = text.Split('\n');
        return int.TryParse(lines[0], CultureInfo.InvariantCulture, out var processId)
            && int.TryParse(lines.ElementAtOrDefault(3), CultureInfo.InvariantCulture, out var port)
            ? new PostmasterFile(
                text, processId, lines[1], port, lines.ElementAtOrDefault(4) ?? "",
                lines.ElementAtOrDefault(7)?.Trim() is "ready")
            : null;
    }

    /// <summary>
    /// Whether the file describes this directory. In a copy of a directory that was in use it describes the original,
    /// whose server must not be touched. A probe file decides, because links make paths incomparable.
    /// </summary>
    public bool IsOf(ClusterDirectory directory)
    {
        var name = Path.GetRandomFileName();
        var probe = Path.Combine(directory.Path, name);
        PrivateFiles.WriteNew(probe, "");
        try
        {
            return File.Exists(Path.Combine(Path.GetDirectoryName(Data) ?? "", name));
        }
        finally
        {
            File.Delete(probe);
        }
    }

    /// <summary>
    /// Whether that process exists and is this cluster's PostgreSQL: after a restart of the machine, or of a container,
    /// its id may belong to another process.
    /// </summary>
    public bool IsAlive()
    {
        if (!OperatingSystem.IsLinux()) return IsPostgresProcess();
        // "pid (name) state …". A zombie has ended, but its parent has not read its exit code.
        if (TryRead($"/proc/{ProcessId}/stat") is not { } stat || stat[(stat.LastIndexOf(')') + 2)..][0] is 'Z' or 'X')
            return false;
        if (!stat.Contains("(postgres)") && !stat.Contains("(postmaster)")) return false;
        return TryRead(FileIn($"/proc/{ProcessId}/cwd")) is not { } running
            || running.Split('\n').ElementAtOrDefault(1) == Data;
    }

    /// <summary>
    /// Replaces the process id in the file by one that no process can have. The old id may now belong to another
    /// process; PostgreSQL would take that for a running server and refuse to start. The file is not removed, because
    /// from its last lines PostgreSQL checks that no session of the previous server is left.
    /// </summary>
    public void Disown(ClusterDirectory directory, PostgresUser? user)
    {
        var unfinished = Path.Combine(directory.Path, Path.GetRandomFileName());
        PrivateFiles.WriteNew(
            unfinished, int.MaxValue.ToString(CultureInfo.InvariantCulture) + Text[Text.IndexOf('\n')..]);
        if (user is not null) Ownership.Give(unfinished, user);
        File.Move(unfinished, FileIn(directory.Data), overwrite: true);
    }

    public static async Task WaitUntilPresentAsync(ClusterDirectory directory, TimeSpan timeout)
    {
        var waiting = Stopwatch.StartNew();
        while (Read(directory) is null && waiting.Elapsed < timeout) await Task.Delay(5);
    }

    public async Task WaitUntilGoneAsync(TimeSpan timeout)
    {
        var waiting = Stopwatch.StartNew();
        while (IsAlive() && waiting.Elapsed < timeout) await Task.Delay(5);
    }

    private bool IsPostgresProcess()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return process.ProcessName is "postgres" or "postmaster";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string FileIn(string cluster) => Path.Combine(cluster, "postmaster.pid");

    private static string? TryRead(string path)
    {
        try
        {
            using var file = new StreamReader(
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return file.ReadToEnd();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null;
        }
    }
}
