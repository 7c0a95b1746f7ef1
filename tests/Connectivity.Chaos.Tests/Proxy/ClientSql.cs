namespace Connectivity.Chaos.Tests.Proxy;

/// <summary>What a message of a client executes.</summary>
internal enum StatementKind
{
    Other,

    /// <summary>The statement that appends events.</summary>
    Append,

    /// <summary>The COMMIT of a transaction that appended events.</summary>
    Commit,
}

/// <summary>
/// Follows the SQL of a client, in the simple query protocol and in the extended one, prepared statements included.
/// </summary>
internal sealed class ClientSql
{
    /// <summary>The statement that appends events, of any generation.</summary>
    private const string Appending = "insert into connectivity.mt_events_";

    private readonly Dictionary<string, string> _statements = [];
    private readonly Dictionary<string, string> _portals = [];
    private bool _appended;

    public StatementKind Read(PgMessage message)
    {
        var at = 0;
        switch (message.Type)
        {
            case 'Q':
                return Run(message.Text(ref at));
            case 'P':
                var prepared = message.Text(ref at);
                _statements[prepared] = message.Text(ref at);
                return StatementKind.Other;
            case 'B':
                var portal = message.Text(ref at);
                _portals[portal] = _statements.GetValueOrDefault(message.Text(ref at), "");
                return StatementKind.Other;
            case 'E':
                return Run(_portals.GetValueOrDefault(message.Text(ref at), ""));
            default:
                return StatementKind.Other;
        }
    }

    private StatementKind Run(string sql)
    {
        if (sql.Contains(Appending, StringComparison.Ordinal))
        {
            _appended = true;
            return StatementKind.Append;
        }

        if (sql.StartsWith("BEGIN", StringComparison.OrdinalIgnoreCase)) _appended = false;
        if (!IsCommit(sql) || !_appended) return StatementKind.Other;
        _appended = false;
        return StatementKind.Commit;
    }

    private static bool IsCommit(string sql) => sql.StartsWith("COMMIT", StringComparison.OrdinalIgnoreCase);
}
