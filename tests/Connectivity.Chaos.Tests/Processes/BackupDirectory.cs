using Connectivity.LocalPostgres;
using Npgsql;

namespace Connectivity.Chaos.Tests.Processes;

/// <summary>A directory for backups, and the programs of PostgreSQL that make and restore them. Both are of the user PostgreSQL runs as.</summary>
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
        // What is on the PATH may be a link to the server alone.
        var programs = Path.GetDirectoryName(File.ResolveLinkTarget(server, returnFinalTarget: true)?.FullName ?? server)!;
        var missing = Programs.Where(program => !File.Exists(Path.Combine(programs, program))).ToList();
        Prerequisite.Require(missing.Count == 0, $"{programs} does not hold {string.Join(", ", missing)}.");
        var parent = TemporaryDirectory.Make("connectivity-backup-");
        return new BackupDirectory(parent, programs, await PostgresUser.ForAsync(new ClusterDirectory(parent), Ct));
    }

    /// <summary>Runs one of the programs that take a connection, to its end.</summary>
    public async Task RunAsync(string program, string connectionString, params string[] arguments)
    {
        string[] all = ["--dbname", Connection(connectionString), .. arguments];
        var run = await new PostgresCommand(Path.Combine(_programs, program), all).RunAsync(Root, _user, Ct);
        if (run.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {run.ExitCode}: {run.Output}");
    }

    /// <summary>A file of the user PostgreSQL runs as, in a directory of that user.</summary>
    public string WriteFile(string path, string text)
    {
        Ownership.WritePrivateFile(path, text);
        if (_user is not null) Ownership.Give(path, _user);
        return path;
    }

    public string MakeDirectory(string path)
    {
        Ownership.MakePrivateDirectory(path);
        if (_user is not null) Ownership.Give(path, _user);
        return path;
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>In the form of PostgreSQL's own programs. The password is in a file, because arguments can be seen.</summary>
    private string Connection(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        var passwords = WriteFile(Path.Combine(Root, Path.GetRandomFileName()), $"*:*:*:*:{to.Password}\n");
        return $"host='{to.Host}' port={to.Port} user='{to.Username}' dbname='{to.Database}' passfile='{passwords}'";
    }
}
