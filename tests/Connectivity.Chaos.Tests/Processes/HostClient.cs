using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests.Processes;

/// <summary>The signed way to one host. What is no answer, or one that acknowledges nothing, is an exception, as for any client.</summary>
public sealed class HostClient(Uri address, Credentials credentials) : IDisposable
{
    /// <summary>Longer than anything that is promised.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SigningHandler(credentials)) { BaseAddress = address, Timeout = Timeout };

    public sealed record Told(string Outcome, string? Reason);

    /// <summary>Posts events, and returns what became of each.</summary>
    /// <param name="timeout">After which the client leaves.</param>
    /// <exception cref="HttpRequestException">There is no answer, or it is an error.</exception>
    public async Task<IReadOnlyList<Told>> PostAsync(IReadOnlyList<LifecycleEvent> events, bool import = false, TimeSpan? timeout = null)
    {
        var answer = await SendAsync(
            HttpMethod.Post, "/v1/lifecycle-events" + (import ? "?import=true" : ""), $"[{string.Join(',', events.Select(WireForm.Of))}]", timeout);
        return
        [
            .. answer.GetProperty("outcomes").EnumerateArray().Select(outcome => new Told(
                outcome.GetProperty("outcome").GetString()!,
                outcome.TryGetProperty("reason", out var reason) ? reason.GetString() : null))
        ];
    }

    /// <summary>GetThingConnectivityData.</summary>
    public Task<JsonElement> AskAsync(string thingName) => SendAsync(HttpMethod.Post, $"/things/{thingName}/connectivity-data", "{}");

    public Task CreateThingAsync(string name) => SendAsync(HttpMethod.Post, $"/things/{name}", "{}");

    public Task DeleteThingAsync(string name) => SendAsync(HttpMethod.Delete, $"/things/{name}", null);

    public Task TurnIndexingAsync(bool on) => SendAsync(HttpMethod.Post, "/indexing/config", on
        ? """{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS"}}"""
        : """{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"OFF"}}""");

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, TimeSpan? timeout = null)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        leaving.CancelAfter(timeout ?? Timeout);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await _http.SendAsync(request, leaving.Token);
        var text = await response.Content.ReadAsStringAsync(leaving.Token);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {text}", null, response.StatusCode);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
