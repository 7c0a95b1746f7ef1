using System.Diagnostics;
using System.Globalization;

namespace Connectivity.LocalPostgres;

/// <summary>
/// What PostgreSQL says of itself in <c>postmaster.pid</c>: the process, and where it listens. The file outlives a killed server.
/// </summary>
internal sealed record PostmasterFile(string Text, int ProcessId, string Data, int Port, string SocketDirectory, bool Ready)
{
    /// <summary>Null where PostgreSQL was shut down in order, or has only begun to start.</summary>
    public static PostmasterFile? Read(ClusterDirectory directory)
    {
        if (TryRead(FileIn(directory.Data)) is not { } text) return null;
        var lines = text.Split('\n');
        return int.TryParse(lines[0], CultureInfo.InvariantCulture, out var processId)
            && int.TryParse(lines.ElementAtOrDefault(3), CultureInfo.InvariantCulture, out var port)
            ? new PostmasterFile(text, processId, lines[1], port, lines.ElementAtOrDefault(4) ?? "", lines.ElementAtOrDefault(7)?.Trim() is "ready")
            : null;
    }

    /// <summary>
    /// Whether the file speaks of this directory. In a copy of a directory that was in use it speaks of the original, whose server
    /// must be left alone. Found out by a file of a new name, because links make paths incomparable.
    /// </summary>
    public bool IsOf(ClusterDirectory directory)
    {
        var name = Path.GetRandomFileName();
        var here = Path.Combine(directory.Path, name);
        Ownership.WritePrivateFile(here, "");
        try
        {
            return File.Exists(Path.Combine(Path.GetDirectoryName(Data) ?? "", name));
        }
        finally
        {
            File.Delete(here);
        }
    }

    /// <summary>
    /// Whether that process is there and is this cluster's PostgreSQL: after a restart of the machine, or of a container, its
    /// number may belong to another.
    /// </summary>
    public bool IsAlive()
    {
        if (!OperatingSystem.IsLinux()) return IsPostgresProcess();
        // "pid (name) state …". A zombie has ended; only its parent has not asked.
        if (TryRead($"/proc/{ProcessId}/stat") is not { } stat || stat[(stat.LastIndexOf(')') + 2)..][0] is 'Z' or 'X') return false;
        if (!stat.Contains("(postgres)") && !stat.Contains("(postmaster)")) return false;
        return TryRead(FileIn($"/proc/{ProcessId}/cwd")) is not { } own || own.Split('\n').ElementAtOrDefault(1) == Data;
    }

    /// <summary>
    /// Gives the file a process number that no process can have. Its own may now belong to another process, which PostgreSQL would
    /// take for a running server, and refuse to start. The file is not removed, because by its last lines PostgreSQL makes sure that no
    /// session of the former server is left.
    /// </summary>
    public void Disown(ClusterDirectory directory, PostgresUser? user)
    {
        var unfinished = Path.Combine(directory.Path, Path.GetRandomFileName());
        Ownership.WritePrivateFile(unfinished, int.MaxValue.ToString(CultureInfo.InvariantCulture) + Text[Text.IndexOf('\n')..]);
        if (user is not null) Ownership.Give(unfinished, user);
        File.Move(unfinished, FileIn(directory.Data), overwrite: true);
    }

    public static async Task AppearsAsync(ClusterDirectory directory, TimeSpan within)
    {
        var waiting = Stopwatch.StartNew();
        while (Read(directory) is null && waiting.Elapsed < within) await Task.Delay(5);
    }

    public async Task WaitUntilGoneAsync(TimeSpan within)
    {
        var waiting = Stopwatch.StartNew();
        while (IsAlive() && waiting.Elapsed < within) await Task.Delay(5);
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
            using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return file.ReadToEnd();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null;
        }
    }
}
