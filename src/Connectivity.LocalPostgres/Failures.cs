namespace Connectivity.LocalPostgres;

/// <summary>Turns errors of the file system into messages for the user.</summary>
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
                $"The data directory {Path.GetFullPath(dataDirectory)} cannot be used: {refused.Message} " +
                "It may belong to another user: run as that user, or choose another directory with the setting " +
                "`Connectivity__DataDirectory`.");
        }
        catch (IOException failed)
        {
            throw new LocalPostgresException(
                $"The data directory {Path.GetFullPath(dataDirectory)} cannot be used: {failed.Message} " +
                "Correct that, or choose another directory with the setting `Connectivity__DataDirectory`.");
        }
    }
}
