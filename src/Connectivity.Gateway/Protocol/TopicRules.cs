namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Which topic names, topic filters and strings are well formed. Source: MQTT 5.0, sections 1.5.4 and 4.7.
/// </summary>
internal static class TopicRules
{
    /// <summary>U+0000 must not be in any string: section 1.5.4, [MQTT-1.5.4-2].</summary>
    public static bool HasNull(string text) => text.Contains('\0');

    /// <summary>Topics that start with <c>$</c> belong to the server: section 4.7.2.</summary>
    public static bool IsReserved(string topic) => topic.StartsWith('$');

    public static bool IsName(string topic) => topic.Length > 0 && topic.AsSpan().IndexOfAny('#', '+', '\0') < 0;

    /// <summary>A wildcard occupies a whole level, and <c>#</c> the last one: section 4.7.1.</summary>
    public static bool IsFilter(string filter)
    {
        if (filter.Length == 0 || HasNull(filter)) return false;
        for (var i = 0; i < filter.Length; i++)
        {
            if (filter[i] is not ('#' or '+')) continue;
            if (i > 0 && filter[i - 1] != '/') return false;
            if (filter[i] == '#' ? i < filter.Length - 1 : i < filter.Length - 1 && filter[i + 1] != '/') return false;
        }

        return true;
    }
}
