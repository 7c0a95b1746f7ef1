using System.Diagnostics;

namespace Connectivity.LocalPostgres.Tests;

/// <summary>
/// A host in a separate process: this test program again, which holds a data directory until its standard input ends.
/// </summary>
internal sealed class HostProcess : IDisposable
{
    public const string Argument = "hold-data-directory";

    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static async Task<HostProcess> StartAsync(string dataDirectory, CancellationToken ct)
    {
        var program = Path.ChangeExtension(
            typeof(HostProcess).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        var start = new ProcessStartInfo(program!, [Argument, dataDirectory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        (await process.StandardOutput.ReadLineAsync(ct)).ShouldBe("started");
        return new HostProcess(process);
    }

    /// <summary>Like `kill -9`: no handler runs.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        _process.Kill();
        await _process.WaitForExitAsync(ct);
    }

    /// <summary>The host shuts down cleanly.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(ct);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    public static async Task<int> RunAsync(string dataDirectory)
    {
        await using var cluster = await LocalPostgresCluster.StartAsync(
            new LocalPostgresOptions(dataDirectory), CancellationToken.None);
        Console.WriteLine("started");
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
