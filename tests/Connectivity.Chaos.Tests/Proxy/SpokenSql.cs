namespace Connectivity.Chaos.Tests.Proxy;

/// <summary>What a message of a client means to the proxy.</summary>
internal enum Said
{
    Anything,

    /// <summary>The statement that appends events.</summary>
    Append,

    /// <summary>The COMMIT of a transaction that appended events.</summary>
    Commit,
}

/// <summary>Follows the SQL that a client speaks, in the simple form of the protocol and in the extended one, prepared statements included.</summary>
internal sealed class SpokenSql
{
    /// <summary>Marten's function that appends events to a stream.</summary>
    private const string Appending = "mt_quick_append_events";

    private readonly Dictionary<string, string> _statements = [];
    private readonly Dictionary<string, string> _portals = [];
    private bool _appended;

    public Said Hear(PgMessage message)
    {
        var at = 0;
        switch (message.Type)
        {
            case 'Q':
                return Run(message.Text(ref at));
            case 'P':
                var prepared = message.Text(ref at);
                _statements[prepared] = message.Text(ref at);
                return Said.Anything;
            case 'B':
                var portal = message.Text(ref at);
                _portals[portal] = _statements.GetValueOrDefault(message.Text(ref at), "");
                return Said.Anything;
            case 'E':
                return Run(_portals.GetValueOrDefault(message.Text(ref at), ""));
            default:
                return Said.Anything;
        }
    }

    private Said Run(string sql)
    {
        if (sql.Contains(Appending, StringComparison.Ordinal))
        {
            _appended = true;
            return Said.Append;
        }

        if (sql.StartsWith("BEGIN", StringComparison.OrdinalIgnoreCase)) _appended = false;
        if (!IsCommit(sql) || !_appended) return Said.Anything;
        _appended = false;
        return Said.Commit;
    }

    private static bool IsCommit(string sql) => sql.StartsWith("COMMIT", StringComparison.OrdinalIgnoreCase);
}
