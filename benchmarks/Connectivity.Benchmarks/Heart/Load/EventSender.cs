using System.Text;
using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Hosting;

namespace Connectivity.Benchmarks.Heart.Load;

/// <summary>What one operation did.</summary>
/// <param name="Done">Events or requests that were acknowledged.</param>
/// <param name="Refused">Those that were not, and may be repeated.</param>
public readonly record struct Progress(int Done, int Refused);

/// <summary>One operation of a load, on a connection of its own.</summary>
public delegate ValueTask<Progress> Operation();

/// <summary>
/// Posts events of random things, a number of them in each signed request, on a connection of its own; each request is
/// of one random account.
/// </summary>
public sealed class EventSender : IDisposable
{
    public const string Target = "/v1/lifecycle-events";

    private readonly Fleet _fleet;
    private readonly RequestComposer[] _composers;
    private readonly WireConnection _connection;
    private readonly Random _random;
    private readonly int _batch;
    private readonly int? _onlyThing;
    private readonly byte[] _body;
    private byte[] _request = new byte[1024];

    /// <param name="onlyThing">The one thing whose events are sent; null for random ones.</param>
    public EventSender(
        Uri address, IReadOnlyList<AccountKey> keys, Fleet fleet, int batch, int seed, int? onlyThing = null)
    {
        (_fleet, _batch, _onlyThing) = (fleet, batch, onlyThing);
        _composers = [.. keys.Select(key => new RequestComposer(address, key))];
        _connection = new WireConnection(address);
        _random = new Random(seed);
        _body = new byte[EventBody.MaximumLength(batch)];
    }

    public async ValueTask<Progress> SendAsync()
    {
        var account = _composers.Length == 1 ? 0 : _random.Next(_composers.Length);
        var response = await _connection.SendAsync(Compose(account));
        var stored = response.Status == 200
            ? Count(response.Body.Span, "\"accepted\""u8) + Count(response.Body.Span, "\"late\""u8)
            : 0;
        return new Progress(stored, _batch - stored);
    }

    public void Dispose() => _connection.Dispose();

    private ReadOnlyMemory<byte> Compose(int account)
    {
        var writer = new EventBody(_body);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < _batch; i++)
        {
            var thing = _onlyThing ?? _fleet.Pick(account, _random);
            var (isConnect, version) = _fleet.Next(thing);
            writer.Add(Fleet.Name(thing), isConnect, version, now);
        }

        var body = writer.Finish();
        var head = _composers[account].Head(Target, body);
        var length = head.Length + body.Length;
        if (_request.Length < length) _request = new byte[length * 2];
        Encoding.ASCII.GetBytes(head, _request);
        body.CopyTo(_request.AsSpan(head.Length));
        return _request.AsMemory(0, length);
    }

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value)
    {
        var count = 0;
        for (int at; (at = text.IndexOf(value)) >= 0; count++) text = text[(at + value.Length)..];
        return count;
    }
}
