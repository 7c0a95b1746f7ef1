using System.Security.Cryptography;
using Connectivity.Files;

namespace Connectivity.LocalPostgres;

/// <summary>
/// The cluster's random password. It is stored only in a file that PostgreSQL's user (and root) can read.
/// </summary>
internal static class ClusterPassword
{
    public const string FileName = "password";

    /// <summary>Returns null if there is none yet.</summary>
    public static string? Read(ClusterDirectory directory)
    {
        var file = Path.Combine(directory.Path, FileName);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    public static string ReadOrCreate(ClusterDirectory directory, PostgresUser? user)
    {
        if (Read(directory) is { } existing) return existing;
        var file = Path.Combine(directory.Path, FileName);
        if (directory.IsComplete)
            throw new LocalPostgresException(
                $"The password of the PostgreSQL in {directory.Path} is missing: {file}. The data is unchanged. " +
                "Put the file back from a backup.");

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var unfinished = file + "." + Path.GetRandomFileName();
        PrivateFiles.WriteNew(unfinished, password + "\n");
        // initdb reads it as the user that PostgreSQL runs as.
        if (user is not null) Ownership.Give(unfinished, user);
        File.Move(unfinished, file);
        return password;
    }
}
