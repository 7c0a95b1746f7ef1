namespace Connectivity.LocalPostgres;

/// <summary>Turns what the operating system and PostgreSQL refuse into a message for the user.</summary>
internal static class Failures
{
    public static async Task<T> ExplainedAsync<T>(string dataDirectory, Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new LocalPostgresException(
                $"The data directory {Path.GetFullPath(dataDirectory)} cannot be used: {refused.Message} It may belong " +
                "to another user: run as that user, or choose another directory with the setting `Connectivity__DataDirectory`.");
        }
        catch (IOException failed)
        {
            throw new LocalPostgresException(
                $"The data directory {Path.GetFullPath(dataDirectory)} cannot be used: {failed.Message} Put that right, " +
                "or choose another directory with the setting `Connectivity__DataDirectory`.");
        }
    }
}
