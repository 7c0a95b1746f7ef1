using System.Diagnostics;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A small file system that a test can fill up.</summary>
public sealed class SmallDisk : IDisposable
{
    /// <summary>Enough for a database with the project's tables.</summary>
    private const string Size = "64m";

    private readonly string _filler;

    private SmallDisk(string mountPoint)
    {
        MountPoint = mountPoint;
        Directory = Path.Combine(mountPoint, "tables");
        _filler = Path.Combine(mountPoint, "filler");
        System.IO.Directory.CreateDirectory(Directory);
    }

    /// <summary>The directory for the data, whose owner a test may change.</summary>
    public string Directory { get; }

    private string MountPoint { get; }

    public static SmallDisk Mount()
    {
        Prerequisite.Require(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Mounting a file system needs Linux and root.");
        var mountPoint = TemporaryDirectory.Make();
        var failure = Run("mount", "-t", "tmpfs", "-o", $"size={Size},mode=755", "tmpfs", mountPoint);
        if (failure is null) return new SmallDisk(mountPoint);
        System.IO.Directory.Delete(mountPoint);
        Prerequisite.Require(false, $"A file system can't be mounted here: {failure}.");
        throw new UnreachableException();
    }

    /// <summary>Changes the owner of the directory.</summary>
    public void GiveToOwnerOf(string example) => Run("chown", $"--reference={example}", Directory).ShouldBeNull();

    public async Task FillAsync()
    {
        await using var filler = File.Create(_filler);
        var block = new byte[64 * 1024];
        try
        {
            while (true) await filler.WriteAsync(block, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    public Task EmptyAsync()
    {
        File.Delete(_filler);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        // Lazily, because the server that uses the file system may stop after this.
        Run("umount", "--lazy", MountPoint).ShouldBeNull();
        System.IO.Directory.Delete(MountPoint);
    }

    /// <summary>The error output of the program; null when it succeeds.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
