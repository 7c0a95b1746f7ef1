using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Http;

/// <summary>A part of a listing.</summary>
/// <param name="Next">The key of its last row; null where it is the last part.</param>
public sealed record ListedPage<T>(IReadOnlyList<T> Items, PageMark? Next);

/// <summary>Answers a listing: a page of JSON, or all of it as CSV.</summary>
/// <param name="Name">Identifies the listing and its filter; a token is valid only for the same one.</param>
public sealed record Listing<T>(string Name, Func<PageMark?, int, Task<ListedPage<T>>> PageAsync)
{
    public const int DefaultLimit = 100;
    public const int MaximumLimit = 1_000;

    /// <summary>What is wrong with parameters that every listing has; null if nothing is.</summary>
    public static ProblemHttpResult? Error(HttpRequest request, int? limit, string? format) =>
        limit is < 1 or > MaximumLimit ? BadRequest($"limit must be 1 to {MaximumLimit}.")
        : Csv.IsWanted(request, format) is null ? BadRequest("format must be json or csv.")
        : null;

    public async Task<Results<Ok<TResponse>, CsvTable<T>, ProblemHttpResult>> AnswerAsync<TResponse>(
        HttpRequest request, int? limit, string? nextToken, string? format,
        Func<IReadOnlyList<T>, string?, TResponse> respond)
    {
        PageMark? after = null;
        if (nextToken is not null)
        {
            if (!PageToken.TryRead<PageMark>(nextToken, Name, out var mark))
                return BadRequest("nextToken was not issued for this listing.");
            after = mark;
        }

        if (Csv.IsWanted(request, format) is true) return new CsvTable<T>(AllAsync(after, limit));
        var page = await PageAsync(after, limit ?? DefaultLimit);
        return TypedResults.Ok(respond(page.Items, page.Next is { } next ? PageToken.Write(next, Name) : null));
    }

    private async IAsyncEnumerable<T> AllAsync(PageMark? after, int? limit)
    {
        for (var left = limit ?? int.MaxValue; left > 0;)
        {
            var page = await PageAsync(after, Math.Min(left, MaximumLimit));
            foreach (var item in page.Items) yield return item;
            if (page.Next is null) yield break;
            (after, left) = (page.Next, left - page.Items.Count);
        }
    }

    private static ProblemHttpResult BadRequest(string detail) => Problems.Of(StatusCodes.Status400BadRequest, detail);
}
