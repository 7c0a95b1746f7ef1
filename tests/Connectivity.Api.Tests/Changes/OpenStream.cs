using System.Net.ServerSentEvents;
using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Changes;

/// <summary>An open stream of server-sent events.</summary>
internal sealed class OpenStream : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private OpenStream(HttpClient http, HttpResponseMessage response, Stream body)
    {
        (_http, _response) = (http, response);
        _items = SseParser.Create(body).EnumerateAsync(Ct).GetAsyncEnumerator(Ct);
    }

    /// <summary>The id of the last event.</summary>
    public string LastId { get; private set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="query">With its question mark.</param>
    public static async Task<OpenStream> OpenAsync(
        ApiHost host, string query = "", Credentials? credentials = null, string? lastEventId = null)
    {
        var http = host.ClientOf(credentials ?? host.Administrator);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/changes" + query);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("text/event-stream");
        return new OpenStream(http, response, await response.Content.ReadAsStreamAsync(Ct));
    }

    /// <summary>The next event that is not a mark.</summary>
    public async Task<(string Type, JsonElement Data)> NextAsync()
    {
        while (true)
        {
            var item = await NextItemAsync();
            if (item.EventType != "mark") return (item.EventType, JsonElement.Parse(item.Data));
        }
    }

    public async Task<SseItem<string>> NextItemAsync()
    {
        (await _items.MoveNextAsync().AsTask().WaitAsync(Testing.Eventually.Default, Ct)).ShouldBeTrue("it is open");
        LastId = _items.Current.EventId!;
        return _items.Current;
    }

    public async Task<bool> IsAtEndAsync() =>
        !await _items.MoveNextAsync().AsTask().WaitAsync(Testing.Eventually.Default, Ct);

    public ValueTask DisposeAsync()
    {
        _response.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
