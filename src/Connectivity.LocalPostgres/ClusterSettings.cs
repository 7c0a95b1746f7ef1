using Connectivity.Files;

namespace Connectivity.LocalPostgres;

/// <summary>The settings that PostgreSQL runs with, in a separate file that every start writes again.</summary>
internal static class ClusterSettings
{
    private const string FileName = "connectivity.conf";

    /// <summary>
    /// Appended to the cluster's own postgresql.conf. The path is relative, so that a data directory may be moved.
    /// </summary>
    public const string Inclusion = $"""

        # Connectivity writes its settings again at every start. Your own lines below this one take precedence.
        include '../{FileName}'

        """;

    /// <summary>False if a running PostgreSQL runs with other settings.</summary>
    public static bool AreCurrent(ClusterDirectory directory, PostmasterFile running)
    {
        var file = Path.Combine(directory.Path, FileName);
        return File.Exists(file) && File.ReadAllText(file) == Text(running.SocketDirectory, running.Port);
    }

    public static void Write(ClusterDirectory directory, string socketDirectory, int port)
    {
        // Written to a new file and renamed: root writes into another user's folder, and must not follow a link in it.
        var unfinished = Path.Combine(directory.Path, Path.GetRandomFileName());
        PrivateFiles.WriteNew(unfinished, Text(socketDirectory, port));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                unfinished, File.GetUnixFileMode(unfinished) | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.Move(unfinished, Path.Combine(directory.Path, FileName), overwrite: true);
    }

    private static string Text(string socketDirectory, int port) => $"""
        # Written by Connectivity at every start: changes here are lost.
        # Put your own settings at the end of data/postgresql.conf.
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

        # A week of logs: one file for each weekday, emptied a week later.
        # Neither statements nor parameters nor details of rows: data of devices must not be logged.
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
