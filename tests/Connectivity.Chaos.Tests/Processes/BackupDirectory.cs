using Connectivity.Files;
using Connectivity.LocalPostgres;
using Npgsql;

namespace Connectivity.Chaos.Tests.Processes;

/// <summary>
/// A directory for backups, and the PostgreSQL programs that make and restore them. The directory belongs to the user
/// that PostgreSQL runs as, and the programs run as that user.
/// </summary>
public sealed class BackupDirectory : IDisposable
{
    private static readonly string[] Programs = ["pg_basebackup", "pg_dump", "pg_restore"];

    private readonly string _parent;
    private readonly string _programs;
    private readonly PostgresUser? _user;

    private BackupDirectory(string parent, string programs, PostgresUser? user)
    {
        (_parent, _programs, _user) = (parent, programs, user);
        Root = MakeDirectory(Path.Combine(parent, "backup"));
    }

    public string Root { get; }

    public static async Task<BackupDirectory> MakeAsync()
    {
        var server = (await PostgresBinaries.FindAsync(configured: null, clusterMajor: null, Ct)).Postgres;
        // The PATH may have a link to the server alone.
        var target = File.ResolveLinkTarget(server, returnFinalTarget: true);
        var programs = Path.GetDirectoryName(target?.FullName ?? server)!;
        var missing = Programs.Where(program => !File.Exists(Path.Combine(programs, program))).ToList();
        Prerequisite.Require(missing.Count == 0, $"{programs} does not hold {string.Join(", ", missing)}.");
        var parent = TemporaryDirectory.Make("connectivity-backup-");
        return new BackupDirectory(parent, programs, await PostgresUser.ForAsync(new ClusterDirectory(parent), Ct));
    }

    /// <summary>Runs one of the programs that take a connection, and waits for its end.</summary>
    public async Task RunAsync(string program, string connectionString, params string[] arguments)
    {
        string[] all = ["--dbname", Connection(connectionString), .. arguments];
        var run = await new PostgresCommand(Path.Combine(_programs, program), all).RunAsync(Root, _user, Ct);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {run.ExitCode}: {run.Output}");
    }

    /// <summary>Writes a private file of the user that PostgreSQL runs as.</summary>
    public string WriteFile(string path, string text)
    {
        PrivateFiles.WriteNew(path, text);
        if (_user is not null) Ownership.Give(path, _user);
        return path;
    }

    public string MakeDirectory(string path)
    {
        PrivateFiles.CreateDirectory(path);
        if (_user is not null) Ownership.Give(path, _user);
        return path;
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>In the form of libpq. The password is in a file, because other users can see arguments.</summary>
    private string Connection(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        var passwords = WriteFile(Path.Combine(Root, Path.GetRandomFileName()), $"*:*:*:*:{to.Password}\n");
        return $"host='{to.Host}' port={to.Port} user='{to.Username}' dbname='{to.Database}' passfile='{passwords}'";
    }
}
