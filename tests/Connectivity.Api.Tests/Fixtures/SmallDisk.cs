using System.Diagnostics;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A file system of its own that is soon full.</summary>
public sealed class SmallDisk : IDisposable
{
    /// <summary>Enough for a database with the house's tables.</summary>
    private const string Size = "64m";

    private readonly string _filler;

    private SmallDisk(string mountPoint)
    {
        (MountPoint, Directory, _filler) = (mountPoint, Path.Combine(mountPoint, "tables"), Path.Combine(mountPoint, "filler"));
        System.IO.Directory.CreateDirectory(Directory);
    }

    /// <summary>Where there is something to be filled up.</summary>
    public string Directory { get; }

    private string MountPoint { get; }

    public static SmallDisk Mount()
    {
        Prerequisite.Require(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting a file system takes Linux and its root.");
        var mountPoint = TemporaryDirectory.Make();
        var failure = Run("mount", "-t", "tmpfs", "-o", $"size={Size},mode=755", "tmpfs", mountPoint);
        if (failure is null) return new SmallDisk(mountPoint);
        System.IO.Directory.Delete(mountPoint);
        Prerequisite.Require(false, $"A file system can't be mounted here: {failure}.");
        throw new UnreachableException();
    }

    /// <summary>The directory's owner from now on.</summary>
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
            // Full.
        }
    }

    public Task EmptyAsync()
    {
        File.Delete(_filler);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        // Lazily: the server that lies on it may end after this.
        Run("umount", "--lazy", MountPoint).ShouldBeNull();
        System.IO.Directory.Delete(MountPoint);
    }

    /// <summary>What the program complained of; null where it succeeded.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : complaint.Trim();
    }
}
