using System.Security.Cryptography;

namespace Connectivity.LocalPostgres;

/// <summary>The cluster's random password: in a file that only PostgreSQL's user (and root) can read, and nowhere else.</summary>
internal static class ClusterPassword
{
    public const string FileName = "password";

    /// <summary>Null where there is none yet.</summary>
    public static string? Read(ClusterDirectory directory)
    {
        var file = Path.Combine(directory.Path, FileName);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    public static string ReadOrMake(ClusterDirectory directory, PostgresUser? user)
    {
        if (Read(directory) is { } existing) return existing;
        var file = Path.Combine(directory.Path, FileName);
        if (directory.IsComplete)
            throw new LocalPostgresException(
                $"The password of the PostgreSQL in {directory.Path} is missing: {file}. The data is untouched. " +
                "Put the file back from a backup.");

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var unfinished = file + "." + Path.GetRandomFileName();
        Ownership.WritePrivateFile(unfinished, password + "\n");
        // initdb reads it as the user PostgreSQL runs as.
        if (user is not null) Ownership.Give(unfinished, user);
        File.Move(unfinished, file);
        return password;
    }
}
