using Connectivity.Benchmarks.Heart.Load;

namespace Connectivity.Benchmarks.Heart.Data;

/// <summary>Events of the pattern's thing: connects and disconnects in turn, of ever newer connections.</summary>
public sealed class PatternEvents(string thingName)
{
    /// <summary>The JSON of an array of the first events.</summary>
    public byte[] Take(int count)
    {
        var body = new byte[EventBody.MaximumLength(count)];
        var writer = new EventBody(body);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < count; i++) writer.Add(thingName, isConnect: i % 2 == 0, now + i / 2, now);
        return writer.Finish().ToArray();
    }
}
