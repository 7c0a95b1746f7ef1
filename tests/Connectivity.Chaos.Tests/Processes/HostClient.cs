using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests.Processes;

/// <summary>
/// Sends signed requests to one host. A missing answer, or one that acknowledges nothing, is an exception, as for any
/// client.
/// </summary>
public sealed class HostClient(Uri address, Credentials credentials) : IDisposable
{
    /// <summary>Longer than any time that the documentation promises.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http =
        new(new SigningHandler(credentials)) { BaseAddress = address, Timeout = Timeout };

    public sealed record EventResult(string Outcome, string? Reason);

    /// <summary>Posts events, and returns the outcome of each.</summary>
    /// <param name="timeout">The time after which the client drops its connection.</param>
    /// <exception cref="HttpRequestException">There is no answer, or it is an error.</exception>
    public async Task<IReadOnlyList<EventResult>> PostAsync(
        IReadOnlyList<LifecycleEvent> events, bool import = false, TimeSpan? timeout = null)
    {
        var path = "/v1/lifecycle-events" + (import ? "?import=true" : "");
        var body = $"[{string.Join(',', events.Select(WireForm.Of))}]";
        var answer = await SendAsync(HttpMethod.Post, path, body, timeout);
        return
        [
            .. answer.GetProperty("outcomes").EnumerateArray().Select(outcome => new EventResult(
                outcome.GetProperty("outcome").GetString()!,
                outcome.TryGetProperty("reason", out var reason) ? reason.GetString() : null))
        ];
    }

    /// <summary>GetThingConnectivityData.</summary>
    public Task<JsonElement> GetConnectivityAsync(string thingName) =>
        SendAsync(HttpMethod.Post, $"/things/{thingName}/connectivity-data", "{}");

    public Task CreateThingAsync(string name) => RepeatAsync($"/things/{name}", "{}");

    public Task DeleteThingAsync(string name) => SendAsync(HttpMethod.Delete, $"/things/{name}", null);

    /// <summary>
    /// Reads what is behind a place of the change feed, line by line, and may be cut off anywhere. The last line has no
    /// event.
    /// </summary>
    /// <exception cref="HttpRequestException">There is no answer, or it is an error.</exception>
    /// <exception cref="IOException">The answer was cut off.</exception>
    public async IAsyncEnumerable<JsonElement> ChangesAsync(string after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/changes?after={after}");
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await _http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { Length: > 0 } line) yield return JsonElement.Parse(line);
    }

    public Task TurnIndexingAsync(bool on) => RepeatAsync("/indexing/config", on
        ? """{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS"}}"""
        : """{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"OFF"}}""");

    public void Dispose() => _http.Dispose();

    /// <summary>
    /// Posts a request that may be sent again, as an AWS SDK does after an answer of 503: it is sent up to five times.
    /// </summary>
    private async Task RepeatAsync(string path, string body)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SendAsync(HttpMethod.Post, path, body);
                return;
            }
            catch (HttpRequestException error)
                when (error.StatusCode == HttpStatusCode.ServiceUnavailable && attempt < 5)
            {
                await Task.Delay(RetryDelay, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, TimeSpan? timeout = null)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancellation.CancelAfter(timeout ?? Timeout);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        using var response = await _http.SendAsync(request, cancellation.Token);
        var text = await response.Content.ReadAsStringAsync(cancellation.Token);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException(
                $"{method} {path}: {(int)response.StatusCode} {text}", null, response.StatusCode);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
