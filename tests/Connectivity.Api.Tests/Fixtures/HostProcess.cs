using System.Diagnostics;
using System.Text.RegularExpressions;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>The program as a user starts it, in its own process and working directory.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<(bool IsError, string Text)> _lines = [];

    private HostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(isError: false, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(isError: true, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Keep(bool isError, string? text)
        {
            lock (_lines) if (text is not null) _lines.Add((isError, text));
        }
    }

    public int Id => _process.Id;

    /// <summary>Standard output and standard error together.</summary>
    public string Output => Text(_ => true);

    public string StandardOutput => Text(isError => !isError);

    public string StandardError => Text(isError => isError);

    /// <summary>The HTTP address from the log.</summary>
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

    /// <summary>Runs a command until it exits.</summary>
    public static async Task<CommandAnswer> RunAsync(
        string workingDirectory, string? connectionString, params string[] command)
    {
        await using var process = Start(workingDirectory, connectionString, command);
        var exitCode = await process.ExitCodeAsync();
        return new CommandAnswer(exitCode, process.StandardOutput, process.StandardError);
    }

    /// <summary>Starts a host on free ports and waits until it serves.</summary>
    public static async Task<HostProcess> ServeAsync(
        string workingDirectory, string? connectionString = null, params string[] settings)
    {
        var host = Start(
            workingDirectory, connectionString,
            ["--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port=0", .. settings]);
        await Eventually.Is(
            () => host.Output.Contains("Ask with: ") || host._process.HasExited, Timeout, "the host serves");
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
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Timeout);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // After a test that failed half-way: TERM first, so that the host stops its PostgreSQL.
            using var kill = Process.Start("kill", ["-TERM", $"{Id}"]);
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(20)));
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private string Text(Predicate<bool> which)
    {
        lock (_lines) return string.Join('\n', _lines.Where(line => which(line.IsError)).Select(line => line.Text));
    }

    [GeneratedRegex(@"HTTP is served at (\S+)")]
    private static partial Regex Served();
}
