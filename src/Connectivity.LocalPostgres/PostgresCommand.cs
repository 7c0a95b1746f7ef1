using System.ComponentModel;
using System.Diagnostics;

namespace Connectivity.LocalPostgres;

/// <summary>
/// A program with its arguments, run until it exits. Every user of the machine can see the arguments: they must not
/// contain secrets.
/// </summary>
internal sealed record PostgresCommand(string Program, params string[] Arguments)
{
    /// <summary>
    /// The variables of this process's environment that PostgreSQL inherits. All others may contain secrets or, like
    /// PGDATA, refer to other servers.
    /// </summary>
    private static readonly string[] Inherited =
        ["PATH", "TMPDIR", "TZDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];

    public async Task<PostgresCommandResult> RunAsync(string workingDirectory, PostgresUser? user, CancellationToken ct)
    {
        var (program, arguments) = user is null ? (Program, Arguments) : user.Run(Program, Arguments);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        LimitEnvironment(start.Environment);

        using var process = Start(start);
        process.StandardInput.Close();
        var output = Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(CancellationToken.None),
            process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // Not its children: one of them may be PostgreSQL, which must be shut down cleanly.
            process.Kill(entireProcessTree: false);
            throw;
        }

        try
        {
            return new PostgresCommandResult(
                process.ExitCode, string.Concat(await output.WaitAsync(TimeSpan.FromSeconds(2), ct)).Trim());
        }
        catch (TimeoutException)
        {
            // A server that it started may keep its output open; on Windows it does.
            return new PostgresCommandResult(process.ExitCode, "");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failed)
        {
            throw new LocalPostgresException(
                $"{start.FileName} could not be run, but PostgreSQL needs it: {failed.Message}");
        }
    }

    private static void LimitEnvironment(IDictionary<string, string?> environment)
    {
        var kept = OperatingSystem.IsWindows()
            ? environment.Where(
                v => !v.Key.StartsWith("PG", StringComparison.OrdinalIgnoreCase) && !v.Key.Contains("__")).ToArray()
            : environment.Where(v => Inherited.Contains(v.Key)).ToArray();
        environment.Clear();
        foreach (var (name, value) in kept) environment[name] = value;
        environment["LC_ALL"] = "C";
    }
}

/// <summary>The output is the standard output followed by the standard error.</summary>
internal sealed record PostgresCommandResult(int ExitCode, string Output);
