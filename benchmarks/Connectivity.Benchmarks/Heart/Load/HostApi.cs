using System.Text;
using Connectivity.Benchmarks.Heart.Hosting;

namespace Connectivity.Benchmarks.Heart.Load;

/// <summary>Single signed requests of a benchmark's setup.</summary>
public sealed class HostApi(Uri address, AccountKey key) : IDisposable
{
    private readonly WireConnection _connection = new(address);
    private readonly RequestComposer _composer = new(address, key);

    public Task TurnIndexingAsync(bool on) => CallAsync(
        "/indexing/config",
        $$$"""
        {"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY",
        "thingConnectivityIndexingMode":"{{{(on ? "STATUS" : "OFF")}}}"}}
        """);

    public Task CreateThingAsync(string name) => CallAsync($"/things/{name}", "{}");

    public async Task PostAsync(byte[] events) => Check(await SendAsync(EventSender.Target, events));

    /// <summary>The status of a query of a thing's connectivity.</summary>
    public async Task<int> QueryStatusAsync(string thingName) =>
        (await SendAsync(QueryPool.TargetOf(thingName), "{}"u8.ToArray())).Status;

    public void Dispose() => _connection.Dispose();

    private async Task CallAsync(string target, string body) =>
        Check(await SendAsync(target, Encoding.UTF8.GetBytes(body)));

    private ValueTask<WireResponse> SendAsync(string target, byte[] body) =>
        _connection.SendAsync(_composer.Compose(target, body));

    private static void Check(WireResponse response)
    {
        if (response.Status != 200)
            throw new InvalidOperationException($"{response.Status} {Encoding.UTF8.GetString(response.Body.Span)}");
    }
}
