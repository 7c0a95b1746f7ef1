namespace Connectivity.LocalPostgres;

/// <summary>PostgreSQL's own log files.</summary>
internal static class ServerLog
{
    /// <summary>One file for each day of the week.</summary>
    public const string DailyName = "postgresql-%a.log";

    /// <summary>What PostgreSQL says before its own log is open; relative to the cluster's folder.</summary>
    public const string StartName = "log/start.log";

    private const int LastLines = 12;

    /// <summary>PostgreSQL empties last week's file only at midnight, not where it is started on that day.</summary>
    public static void RemoveOld(ClusterDirectory directory)
    {
        File.Delete(Path.Combine(directory.Path, StartName));
        var lastWeek = DateTime.UtcNow.AddDays(-6);
        foreach (var file in Directory.EnumerateFiles(directory.LogDirectory, "postgresql-*.log"))
            if (File.GetLastWriteTimeUtc(file) < lastWeek) File.Delete(file);
    }

    /// <summary>What was written since a time, for the message of a failed start.</summary>
    public static string TailSince(ClusterDirectory directory, DateTime since)
    {
        var written = Directory.EnumerateFiles(directory.LogDirectory, "*.log").Where(file => File.GetLastWriteTimeUtc(file) >= since);
        return string.Join('\n', written.Order().SelectMany(file => File.ReadLines(file).TakeLast(LastLines)));
    }
}
