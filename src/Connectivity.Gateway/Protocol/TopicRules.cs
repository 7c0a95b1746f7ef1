namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Which topic names and topic filters, as UTF-8, are well formed. Source: MQTT 5.0, section 4.7; MQTT 3.1.1 has the
/// same.
/// </summary>
internal static class TopicRules
{
    /// <summary>Topics that start with <c>$</c> belong to the server: section 4.7.2.</summary>
    public static bool IsReserved(string topic) => topic.StartsWith('$');

    public static bool IsName(ReadOnlySpan<byte> topic) => topic.Length > 0 && topic.IndexOfAny("#+"u8) < 0;

    /// <summary>A wildcard occupies a whole level, and <c>#</c> the last one: section 4.7.1.</summary>
    public static bool IsFilter(ReadOnlySpan<byte> filter)
    {
        if (filter.IsEmpty) return false;
        for (var i = 0; i < filter.Length; i++)
        {
            if (filter[i] is not ((byte)'#' or (byte)'+')) continue;
            if (i > 0 && filter[i - 1] != '/') return false;
            if (i < filter.Length - 1 && (filter[i] == '#' || filter[i + 1] != '/')) return false;
        }

        return true;
    }
}
