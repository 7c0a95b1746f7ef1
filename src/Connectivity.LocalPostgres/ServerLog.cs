namespace Connectivity.LocalPostgres;

/// <summary>PostgreSQL's own log files.</summary>
internal static class ServerLog
{
    /// <summary>One file for each day of the week.</summary>
    public const string DailyName = "postgresql-%a.log";

    /// <summary>PostgreSQL's output before its own log is open; relative to the cluster's folder.</summary>
    public const string StartName = "log/start.log";

    private const int LastLines = 12;

    /// <summary>
    /// Removes last week's files, because PostgreSQL empties them only at midnight, not when it is started on that
    /// weekday.
    /// </summary>
    public static void RemoveOld(ClusterDirectory directory)
    {
        File.Delete(Path.Combine(directory.Path, StartName));
        var lastWeek = DateTime.UtcNow.AddDays(-6);
        foreach (var file in Directory.EnumerateFiles(directory.LogDirectory, "postgresql-*.log"))
            if (File.GetLastWriteTimeUtc(file) < lastWeek) File.Delete(file);
    }

    /// <summary>Returns the last lines written since a time, for the message of a failed start.</summary>
    public static string TailSince(ClusterDirectory directory, DateTime since)
    {
        var written = Directory.EnumerateFiles(directory.LogDirectory, "*.log")
            .Where(file => File.GetLastWriteTimeUtc(file) >= since);
        return string.Join('\n', written.Order().SelectMany(file => File.ReadLines(file).TakeLast(LastLines)));
    }
}
