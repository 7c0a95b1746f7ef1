namespace Connectivity.LocalPostgres;

/// <summary>The settings PostgreSQL runs with, in a file of their own that every start writes anew.</summary>
internal static class ClusterSettings
{
    private const string FileName = "connectivity.conf";

    /// <summary>What ends the cluster's own postgresql.conf. The path is relative, so that a data directory may be moved.</summary>
    public const string Inclusion = $"""

        # Connectivity writes its settings anew at every start. Lines of your own belong below this one; they win.
        include '../{FileName}'

        """;

    /// <summary>False where PostgreSQL, if it is running, runs with other settings.</summary>
    public static bool AreCurrent(ClusterDirectory directory, PostmasterFile running)
    {
        var file = Path.Combine(directory.Path, FileName);
        return File.Exists(file) && File.ReadAllText(file) == Text(running.SocketDirectory, running.Port);
    }

    public static void Write(ClusterDirectory directory, string socketDirectory, int port)
    {
        // Written beside and renamed: root writes here into a folder of another user, and must not follow a link of theirs.
        var unfinished = Path.Combine(directory.Path, Path.GetRandomFileName());
        Ownership.WritePrivateFile(unfinished, Text(socketDirectory, port));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(unfinished, File.GetUnixFileMode(unfinished) | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.Move(unfinished, Path.Combine(directory.Path, FileName), overwrite: true);
    }

    private static string Text(string socketDirectory, int port) => $"""
        # Written by Connectivity at every start: changes here are lost. Settings of your own go at the end of data/postgresql.conf.
        {(socketDirectory == "" ? "listen_addresses = '127.0.0.1'" : "listen_addresses = ''")}
        unix_socket_directories = {Quoted(socketDirectory == "" ? "" : $"\"{socketDirectory}\"")}
        unix_socket_permissions = 0700
        port = {port}
        max_connections = 200
        shared_buffers = 256MB
        max_wal_size = 2GB
        jit = off
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        password_encryption = 'scram-sha-256'
        timezone = 'UTC'

        # A week of logs: a file a day, emptied when its weekday comes round again.
        # Neither statements nor parameters nor details of rows: what devices send does not belong into logs.
        logging_collector = on
        log_directory = '../log'
        log_filename = '{ServerLog.DailyName}'
        log_rotation_age = 1d
        log_rotation_size = 0
        log_truncate_on_rotation = on
        log_timezone = 'UTC'
        log_line_prefix = '%m [%p] '
        log_min_messages = warning
        log_statement = 'none'
        log_min_error_statement = panic
        log_error_verbosity = terse
        log_parameter_max_length = 0
        log_parameter_max_length_on_error = 0

        """.ReplaceLineEndings("\n");

    private static string Quoted(string value) => "'" + value.Replace("\\", "\\\\").Replace("'", "''") + "'";
}
