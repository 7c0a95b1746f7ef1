using System.Globalization;

namespace Connectivity.Benchmarks.Heart.Hosting;

/// <summary>The processor time of processes, from Linux's <c>/proc</c>; zero on other systems.</summary>
public static class ProcessorTime
{
    /// <summary>Ticks a second, the same on every Linux: USER_HZ.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Seconds that the process has used.</summary>
    public static double Of(int processId) => Read(processId) is { } stat ? stat.Own : 0;

    /// <summary>
    /// Seconds that a server has used: its main process, its sessions, and those of its sessions that have ended.
    /// </summary>
    public static double OfTree(int processId)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var seconds = Read(processId) is { } main ? main.Own + main.OfEndedChildren : 0;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Read(id) is { } stat && stat.Parent == processId)
                seconds += stat.Own;
        return seconds;
    }

    private static (int Parent, double Own, double OfEndedChildren)? Read(int processId)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{processId}/stat");
        }
        catch (IOException)
        {
            return null;
        }

        // The name, in parentheses, may contain spaces. Fields are numbered as in proc(5), from 3 on.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return ((int)Field(4), (Field(14) + Field(15)) / TicksPerSecond, (Field(16) + Field(17)) / TicksPerSecond);

        double Field(int number) => double.Parse(fields[number - 3], CultureInfo.InvariantCulture);
    }
}
