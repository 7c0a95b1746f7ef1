using System.Diagnostics;
using System.Text.RegularExpressions;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>The program as a user starts it, in a process and a working directory of its own.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _lines = [];

    private HostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (_lines) if (line.Data is not null) _lines.Add(line.Data);
        }
    }

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }

    /// <summary>Where it serves HTTP, as it says itself.</summary>
    public Uri Address => new(Served().Match(Output).Groups[1].Value);

    public static HostProcess Start(string workingDirectory, string? connectionString, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Build.ApiProgram, .. arguments])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (connectionString is not null)
        {
            start.Environment["ConnectionStrings__Connectivity"] = connectionString;
            start.Environment["Connectivity__KeyRingDirectory"] = Path.Combine(workingDirectory, "keyring");
        }

        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>On free ports.</summary>
    public static async Task<HostProcess> ServeAsync(string workingDirectory)
    {
        var host = Start(workingDirectory, null, "--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port=0");
        await Eventually.Is(() => host.Output.Contains("Ask with: ") || host._process.HasExited, Patience, "the host serves");
        host._process.HasExited.ShouldBeFalse(host.Output);
        return host;
    }

    /// <summary>INT as Ctrl-C sends it, or TERM.</summary>
    public async Task<int> SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await ExitCodeAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // A test that failed half-way: in order first, so that its PostgreSQL goes with it.
            using var kill = Process.Start("kill", ["-TERM", $"{Id}"]);
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(20)));
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"HTTP is served at (\S+)")]
    private static partial Regex Served();
}
