using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;

namespace Connectivity.Chaos.Tests.Traffic;

/// <summary>
/// The devices of one round, and the conforming source of their events: versions rise, times are the current time, and
/// a superseded connection ends after the connect of its successor.
/// </summary>
public sealed class Fleet(string name, int things, Random random)
{
    private readonly Lock _lock = new();
    private readonly Device[] _devices = [.. Enumerable.Range(0, things).Select(i => new Device($"{name}-{i}"))];

    public string Source { get; } = $"source-{name}";

    public IReadOnlyList<string> Names { get; } = [.. Enumerable.Range(0, things).Select(i => $"{name}-{i}")];

    /// <summary>What one of the devices does next: one event, or the two of a takeover.</summary>
    public IReadOnlyList<Report> Next()
    {
        lock (_lock)
        {
            var device = _devices[random.Next(_devices.Length)];
            if (!device.IsConnected) return [Connect(device)];
            if (random.Next(3) > 0)
            {
                var reason = random.Next(2) == 0 ? DisconnectReason.ConnectionLost : null;
                return [Disconnect(device, device.Version, reason)];
            }

            var superseded = device.Version;
            return [Connect(device), Disconnect(device, superseded, DisconnectReason.DuplicateClientId)];
        }
    }

    private Report Connect(Device device)
    {
        device.Version += 1 + random.Next(3);
        device.IsConnected = true;
        return new Report((int)device.Version, new ThingConnected(
            device.Name, Of(device, device.Version), device.Tick(), "principal",
            new SessionDetails(30 + random.Next(30), true, null),
            new SocketInformation("192.0.2.1", 49152, null, null, null)));
    }

    private Report Disconnect(Device device, long version, string? reason)
    {
        if (version == device.Version) device.IsConnected = false;
        return new Report((int)version, new ThingDisconnected(
            device.Name, Of(device, version), device.Tick(), null, SessionDetails.None, SocketInformation.None,
            reason, reason is null));
    }

    private ConnectionKey Of(Device device, long version) => new(Source, $"{device.Name}-session-{version}", version);

    private sealed class Device(string name)
    {
        private long _at;

        public string Name => name;

        public long Version { get; set; }

        public bool IsConnected { get; set; }

        /// <summary>No two events of a device have the same millisecond.</summary>
        public DateTimeOffset Tick()
        {
            _at = Math.Max(_at + 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            return DateTimeOffset.FromUnixTimeMilliseconds(_at);
        }
    }
}
